package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// The payload of [ChunkHeader#STATUS] and [ChunkHeader#EXTENDED_STATUS]: what one context says of the bytes from the
/// request's offset on.
///
/// | structured | extended | bytes | field   | meaning                                       |
/// |-----------:|---------:|------:|---------|-----------------------------------------------|
/// |          0 |        0 |     4 | context | id from [OptionReply.Context]                 |
/// |            |        4 |     4 | count   | of extents                                    |
/// |          4 |        8 |   4/8 | length  | of the first extent in bytes, not 0           |
/// |          8 |       16 |   4/8 | flags   | of the first extent; then further extents     |
public record StatusChunk(int context, List<Extent> extents) {
    /// The context that tells holes and zeros.
    public static final String ALLOCATION = "base:allocation";
    /// Flag of [#ALLOCATION]: nothing is allocated. By itself this does not say what the bytes are.
    public static final int HOLE = 1;
    /// Flag of [#ALLOCATION]: the bytes read as zeros.
    public static final int ZERO = 1 << 1;

    /// The longest payload that is taken, in bytes.
    public static final int MAX_BYTES = 8 + 16 * Limits.EXTENTS;

    /// @param length in bytes, at least 1
    /// @param flags  what they mean is up to the context
    public record Extent(long length, long flags) {}

    /// Writes the payload. The structured form has 32 bits for lengths and flags.
    public void encode(ByteBuf out, boolean extended) {
        out.writeInt(context);
        if (extended) {
            out.writeInt(extents.size());
            extents.forEach(extent -> out.writeLong(extent.length).writeLong(extent.flags));
        } else {
            extents.forEach(extent -> out.writeInt((int) extent.length).writeInt((int) extent.flags));
        }
    }

    /// The length of the payload in bytes.
    public int bytes(boolean extended) {
        return extended ? 8 + 16 * extents.size() : 4 + 8 * extents.size();
    }

    /// Decodes a payload; `in` holds exactly that.
    ///
    /// @throws NbdProtocolException if it has no extents, too many, parts of one, or an empty one
    public static StatusChunk decode(ByteBuf in, boolean extended) throws NbdProtocolException {
        int prefix = extended ? 8 : 4;
        int each = extended ? 16 : 8;
        int bytes = in.readableBytes();
        int count = (bytes - prefix) / each;
        if (count < 1 || count > Limits.EXTENTS || bytes != prefix + count * each) {
            throw new NbdProtocolException("%d bytes are not a block status".formatted(bytes));
        }
        int context = in.readInt();
        if (extended && in.readUnsignedInt() != count) {
            throw new NbdProtocolException("a block status of %d bytes announces another number of extents than %d"
                    .formatted(bytes, count));
        }
        return new StatusChunk(context, readExtents(in, extended, count));
    }

    private static List<Extent> readExtents(ByteBuf in, boolean extended, int count) throws NbdProtocolException {
        var extents = new ArrayList<Extent>(count);
        for (int i = 0; i < count; i++) {
            long length = extended ? in.readLong() : in.readUnsignedInt();
            long flags = extended ? in.readLong() : in.readUnsignedInt();
            if (length <= 0) {
                throw new NbdProtocolException("an extent of %s bytes in a block status".formatted(Long.toUnsignedString(length)));
            }
            extents.add(new Extent(length, flags));
        }
        return extents;
    }
}
