/// Guards against becoming slow: each compares a benchmark of ours with a bare one in the same JVM, in turns, and fails if
/// the ratio falls below its floor in `bench/floors.json`. A machine's speed, and what else goes on there, hits both sides.
///
/// - [Subjects] says what is compared.
/// - [PairBench] measures it by JMH, each guard in a JVM of its own.
/// - [Judge] compares with the floors, and measures what misses its floor once more.
/// - [Guard] is the command, [SetFloors] the one that sets the floors after measuring.
package io.xenolith.bench.guard;
