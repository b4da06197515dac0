package io.xenolith.repository.pack;

import io.xenolith.engine.codec.Codec;

/// What a table says of a frame.
///
/// @param storedLength bytes in the pack
/// @param rawLength    bytes before compression
/// @param lengths      of its chunks
/// @param ids          of its chunks, 32 bytes each
record Frame(int storedLength, int rawLength, Codec codec, int[] lengths, byte[] ids) {

    Frame stored(int length) {
        return new Frame(length, rawLength, codec, lengths, ids);
    }
}
