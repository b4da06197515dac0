package io.xenolith.sim.stream;

import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Reads tar entries one after another. A wrong header checksum, or an entry larger than its reader allows, is refused.
final class TarReader {
    private final InputStream in;

    TarReader(InputStream in) {
        this.in = in;
    }

    /// A file in the archive.
    record Entry(String name, byte[] body) {}

    /// The next entry, or null at the archive's end.
    ///
    /// @throws XapiFailure `IMPORT_ERROR_PREMATURE_EOF` or `IMPORT_ERROR`
    Entry next(int mostBytes) throws IOException {
        var header = exactly(TarWriter.BLOCK);
        if (isZero(header)) {
            return null;
        }
        requireChecksum(header);
        long length = Long.parseLong(text(header, 124, 12).strip(), 8);
        if (length > mostBytes) {
            throw new XapiFailure("IMPORT_ERROR", "Invalid XVA file: an entry of %d bytes".formatted(length));
        }
        var body = exactly((int) length);
        exactly(Math.floorMod(-(int) length, TarWriter.BLOCK));
        return new Entry(text(header, 0, 100), body);
    }

    private byte[] exactly(int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new XapiFailure("IMPORT_ERROR_PREMATURE_EOF");
        }
        return bytes;
    }

    private static boolean isZero(byte[] header) {
        for (byte b : header) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    static boolean hasGoodChecksum(byte[] header) {
        int sum = 0;
        for (int i = 0; i < header.length; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        return text(header, 148, 8).strip().matches("[0-7]+") && Integer.parseInt(text(header, 148, 8).strip(), 8) == sum;
    }

    private static void requireChecksum(byte[] header) {
        if (!hasGoodChecksum(header)) {
            throw new XapiFailure("IMPORT_ERROR", "Invalid XVA file: wrong header checksum");
        }
    }

    static String text(byte[] header, int offset, int length) {
        var text = new String(header, offset, length, StandardCharsets.US_ASCII);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
