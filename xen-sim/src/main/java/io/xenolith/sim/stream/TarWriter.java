package io.xenolith.sim.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The plain V7 tar that hosts write: no magic, type NUL, mode 0400, no owner, and two zero blocks at the end.
///
/// | offset | bytes | field    | written as                        |
/// |-------:|------:|----------|-----------------------------------|
/// |      0 |   100 | name     | NUL padded                        |
/// |    100 |     8 | mode     | `0000400` NUL                     |
/// |    108 |    16 | uid, gid | `0000000` NUL each                |
/// |    124 |    12 | size     | 11 octal digits, NUL              |
/// |    136 |    12 | mtime    | 0                                 |
/// |    148 |     8 | checksum | 7 octal digits, NUL               |
/// |    156 |   356 | the rest | NUL                               |
final class TarWriter {
    static final int BLOCK = 512;

    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void entry(String name, byte[] body, int length) throws IOException {
        var header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000400");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(length));
        put(header, 136, "%011o".formatted(0));
        put(header, 148, "        ");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%07o\0".formatted(sum));
        out.write(header);
        out.write(body, 0, length);
        out.write(new byte[Math.floorMod(-length, BLOCK)]);
    }

    void entry(String name, byte[] body) throws IOException {
        entry(name, body, body.length);
    }

    void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private static void put(byte[] header, int offset, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
