/// Block maps: the hash tree that says which chunks, in which order, make up one disk.
///
/// ```text
///   root     size, and the top of the tree; its id is the disk's root id
///     │
///   inner    64 children each; holes are left out
///     │
///   leaf     one slot of 4 MiB: the chunks that begin in it (the last may reach into the next slot)
/// ```
/// - **Why a tree of hashes.** Two restore points share every node under which nothing changed, and comparing two maps
///   costs time for what differs only.
/// - **Why the same bytes give the same root.** The chunks are a function of the content, the tree's shape is a function
///   of the size, and a node's encoding is unique. It does not matter how a point was made.
/// - **Holes** have no node: a slot or subtree without chunks is the null id.
package io.xenolith.engine.map;
