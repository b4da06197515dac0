package io.xenolith.repository.index;

import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import java.nio.ByteBuffer;

/// What the index knows of a pack without its table.
///
/// @param number   its number in the database
/// @param length   bytes of the pack in the storage
/// @param chunks   how many it holds
/// @param rawBytes bytes of its chunks before compression
public record PackEntry(int number, PackId id, long length, int chunks, long rawBytes) {

    static final int BYTES = 1 + PackId.BYTES + 8 + 4 + 8;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES).put((byte) id.kind().number()).put(id.toBytes())
                .putLong(length).putInt(chunks).putLong(rawBytes).array();
    }

    static PackEntry decode(byte[] key, byte[] value) {
        var in = ByteBuffer.wrap(value);
        var kind = PackKind.values()[in.get()];
        return new PackEntry(ByteBuffer.wrap(key).getInt(), PackId.get(kind, in), in.getLong(), in.getInt(), in.getLong());
    }
}
