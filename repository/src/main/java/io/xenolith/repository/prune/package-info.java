/// Pruning: forgetting restore points, and reclaiming the bytes that nothing needs any more.
///
/// Nothing is deleted on doubt: if a map that is to be kept cannot be read, pruning stops before it deletes anything. The
/// order is such that a crash at any moment leaves nothing but bytes that the next pruning reclaims:
///
/// 1. mark what the points that stay need, and decide on the fate of every pack;
/// 2. delete the points that go, then the packs that nothing needs (this works on a full disk);
/// 3. copy what is still needed out of packs that are mostly unneeded, make the copies durable, delete those packs;
/// 4. gather index segments, and remove what crashed runs left behind.
package io.xenolith.repository.prune;
