package io.xenolith.source.xva;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Puts archives together entry by entry, as wrong as need be.
final class TarBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TarBuilder ova(byte[] xml) {
        return entry("ova.xml", xml);
    }

    TarBuilder entry(String name, byte[] body) {
        return header(name, body.length).raw(body).raw(new byte[(int) (TarHeader.padded(body.length) - body.length)]);
    }

    /// A header alone.
    TarBuilder header(String name, long size) {
        var header = new byte[TarHeader.BYTES];
        new TarHeader(name, size).encode(header, 0);
        return raw(header);
    }

    /// A header that is changed afterwards; its checksum is made to fit again.
    TarBuilder header(String name, long size, int offset, String changed) {
        var header = new byte[TarHeader.BYTES];
        new TarHeader(name, size).encode(header, 0);
        var bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += Byte.toUnsignedInt(b);
        }
        System.arraycopy("%07o\0".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 8);
        return raw(header);
    }

    TarBuilder chunk(String name, byte[] body) {
        return entry(name, body).entry(name + ".xxhash", ChunkChecksum.XXHASH.of(body, 0, body.length));
    }

    TarBuilder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /// The archive as far as it has come.
    byte[] cut() {
        return out.toByteArray();
    }

    byte[] end() {
        return raw(new byte[2 * TarHeader.BYTES]).cut();
    }
}
