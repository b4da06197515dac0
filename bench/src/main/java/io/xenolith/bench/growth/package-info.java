/// What becomes of the repository's speed and memory as it grows: larger indexes, larger disks, longer chains, more points and
/// more machines at once. The code is the product's; the content is made up, so that sizes are reached that no machine at
/// hand could store. Each [Simulation] tells in a note what of its content is made up.
///
/// With its defaults all of it takes some 20 minutes on two cores with nothing else to do.
///
/// Whatever depends on the memory of a process runs in one of its own, a [FreshProcess] with the options of the command.
package io.xenolith.bench.growth;
