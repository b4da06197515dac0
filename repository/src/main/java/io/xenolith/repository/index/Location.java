package io.xenolith.repository.index;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Where a chunk is.
///
/// @param pack    the pack's number in the database; never reused
/// @param ordinal the chunk's number in the pack, 0 to 65,535
public record Location(int pack, int ordinal) {

    /// Bytes of an encoded location: the pack's number in 4, the ordinal in 2, both big-endian.
    static final int BYTES = 6;

    static List<Location> decode(byte[] value) {
        var in = ByteBuffer.wrap(value);
        var locations = new ArrayList<Location>(1);
        while (in.remaining() >= BYTES) {
            locations.add(new Location(in.getInt(), in.getShort() & 0xFFFF));
        }
        return locations;
    }

    byte[] encode() {
        return ByteBuffer.allocate(BYTES).putInt(pack).putShort((short) ordinal).array();
    }
}
