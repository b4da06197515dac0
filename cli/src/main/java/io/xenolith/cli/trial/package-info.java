/// Trying it out: the demo, and a benchmark of this machine.
package io.xenolith.cli.trial;
