package io.xenolith.sim.stream;

import io.xenolith.sim.disk.DiskImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import net.jpountz.xxhash.XXHashFactory;

/// A disk as files of 1 MiB in a tar, each followed by its checksum. A chunk of zeros is left out, but for the first and the
/// last of a disk. Numbers count chunks and gaps; an empty chunk takes a number, though no place on the disk.
final class Chunks {
    static final int BYTES = 1 << 20;

    private final TarWriter tar;
    private final boolean xxhash;
    private final boolean slowScans;

    Chunks(TarWriter tar, boolean xxhash, boolean slowScans) {
        this.tar = tar;
        this.xxhash = xxhash;
        this.slowScans = slowScans;
    }

    /// Writes all chunks of `disk` as `directory/NNNNNNNN`, and tells `context` how far it is.
    void write(String directory, DiskImage disk, StreamContext context) throws IOException, InterruptedException {
        int number = 0;
        boolean afterGap = false;
        for (long offset = 0; offset < disk.size(); offset += BYTES) {
            var bytes = new byte[(int) Math.min(BYTES, disk.size() - offset)];
            disk.read(offset, ByteBuffer.wrap(bytes));
            boolean needed = offset == 0 || offset + BYTES >= disk.size() || !isZero(bytes);
            if (needed) {
                if (afterGap && slowScans) {
                    chunk(directory, number++, new byte[0]);
                }
                chunk(directory, number, bytes);
                context.progress((double) offset / disk.size());
            }
            afterGap = !needed;
            number++;
        }
    }

    private void chunk(String directory, int number, byte[] bytes) throws IOException {
        var name = "%s/%08d".formatted(directory, number);
        tar.entry(name, bytes);
        tar.entry(name + (xxhash ? ".xxhash" : ".checksum"), checksum(bytes, xxhash).getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /// XXH64 with seed 0 in upper-case hex, or SHA-1 in lower-case hex.
    static String checksum(byte[] bytes, boolean xxhash) {
        if (xxhash) {
            return "%016X".formatted(XXHashFactory.fastestJavaInstance().hash64().hash(bytes, 0, bytes.length, 0));
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
