package io.xenolith.cli.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream that remembers how it ended: a host that fails ends its answer like one that is done.
public final class EndsWith extends FilterInputStream {

    private static final int REMEMBERED = 256;

    private final String end;
    private String last = "";

    public EndsWith(InputStream in, String end) {
        super(in);
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int at, int length) throws IOException {
        int count = in.read(bytes, at, length);
        if (count > 0) {
            int kept = Math.min(count, REMEMBERED);
            var all = last + new String(bytes, at + count - kept, kept, UTF_8);
            last = all.substring(Math.max(0, all.length() - REMEMBERED));
        }
        return count;
    }

    /// @param what for the message
    /// @throws IOException if it did not end as it should
    public void requireEnd(String what) throws IOException {
        if (!last.strip().endsWith(end)) {
            throw new IOException("%s came cut off; run the backup again".formatted(what));
        }
    }
}
