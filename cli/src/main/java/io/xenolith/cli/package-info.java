/// The `xenolith` command: arguments in, results and an exit code out. The one place that wires the engine, the repository
/// and the sources together.
///
/// [io.xenolith.cli.Main] belongs to the process (signals, exit), [io.xenolith.cli.Cli] to the arguments. Each command is a
/// class that reads from its options down to its result; what a command works with comes as an
/// [io.xenolith.cli.Invocation]. Results are records, whose components are the keys of the JSON document: a contract with
/// those who read it.
package io.xenolith.cli;
