package io.xenolith.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// A stream that is written on after whoever writes to it now has closed it, such as standard output.
public final class StaysOpen extends FilterOutputStream {

    public StaysOpen(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length); // not byte by byte, as the base class would
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
