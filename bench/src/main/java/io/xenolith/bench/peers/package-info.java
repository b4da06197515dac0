/// Bare programs beside which `bin/bench peers` puts the command: they read a disk image with all processors and do to it no
/// more than what a backup must.
package io.xenolith.bench.peers;
