/// Chunks: where a disk is cut, what the pieces are called, and the ports through which they are stored and read.
///
/// ```text
///   disk     |<------------- region, 32 MiB ------------->|
///   slots    |  4 MiB  |  4 MiB  |        ...             |   one leaf of the block map each
///   blocks   |64K|64K|64K|hole|64K| ...                       an all-zero block is a hole
///   pages    ||||||||||||||||                                 4 KiB; chunks end only between them
///   chunks   |----|--|-----|    |---| ...
/// ```
/// - **Why pages.** File systems place data on 4 KiB pages: content moves on a disk by whole pages, never by bytes.
/// - **Why regions.** A region's chunks depend on nothing but the region's content, so regions are cut side by side, and
///   an increment comes to the same chunks as a full ([io.xenolith.engine.chunk.Chunking] holds the rule).
package io.xenolith.engine.chunk;
