package io.xenolith.source.changed;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Refuses to go on behind a number of bytes, so that an endless input ends. Read in blocks only.
final class BoundedInput extends FilterInputStream {
    private final int limit;
    private int count;

    BoundedInput(InputStream in, int limit) {
        super(in);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int more = in.read(bytes, offset, length);
        if (more > limit - count) {
            throw new ChangedBlocksException(
                    "changed blocks longer than %d bytes are not read, enough for a disk of 16 TiB".formatted(limit));
        }
        count += Math.max(more, 0);
        return more;
    }
}
