/// Packs: the files that hold chunks. A *pack* is written once, sealed, and never changed; only pruning deletes it.
///
/// ```text
///   +--------+---------+--   --+---------+-------+---------+
///   | header | frame 0 |  ...  | frame n | table | trailer |
///   +--------+---------+--   --+---------+-------+---------+
///    32 bytes                                      32 bytes
/// ```
/// - A *frame* is up to about 1 MiB of chunks that were new and followed each other, compressed together, then encrypted.
/// - The *table* tells the frames' lengths and codecs, and their chunks' lengths and ids: [io.xenolith.repository.pack.PackTable].
/// - **Why the table comes last.** Frames stream out as they are compressed; nothing is rewritten.
/// - **Two kinds.** Data packs hold chunks of disks, map packs hold nodes of block maps, so that walking maps never reads
///   data packs.
/// - **What a crash leaves.** A whole pack, or an unfinished object that nobody sees and pruning removes.
/// - **What readers check.** The trailer's magic and checksum, the table's seal, that its frames fill the pack exactly,
///   and each chunk against its id.
///
/// A pack is named `packs/data/ab/abcd…` or `packs/map/ab/abcd…` after its id, 16 random bytes in hexadecimal digits.
package io.xenolith.repository.pack;
