/// Codecs: how the bytes of a frame are made smaller, and back.
///
/// A [io.xenolith.engine.codec.Compression] is what somebody chose (`zstd:9`), a [io.xenolith.engine.codec.Codec] is what
/// a frame was in fact stored with. They differ where data does not shrink: such a frame is STORED, because reading it
/// back then costs a copy and not a decompression.
///
/// - **What is stored.** zstd: one standard frame, without checksum, dictionary or content size. lz4: one block, without
///   the lz4 tool's frame around it. STORED: the bytes themselves. Codec number and plain length lie beside the bytes,
///   in whatever format holds them.
/// - **What readers check.** That exactly the promised length comes out. Whether these are the right bytes is for the
///   chunk's id to say; a codec's own checksum would cost twice for the same answer.
/// - **What hostile bytes can do.** Fail. Nothing is allocated by a length found in them, and nothing is written
///   outside the range that the caller gave.
package io.xenolith.engine.codec;
