package io.xenolith.source.xva;

import io.xenolith.engine.disk.DiskStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// Reads archives as different callers do, and tells what came in the lines that the Python peers print.
final class ReadDisk {

    private ReadDisk() {
    }

    /// How a caller takes a disk.
    interface Way {
        /// Takes the next bytes of a disk into the digest.
        ///
        /// @return how many, 0 at the end
        long some(DiskStream disk, MessageDigest digest) throws IOException;
    }

    /// Into heap buffers of `length` bytes.
    static Way heap(int length) {
        return (disk, digest) -> read(disk, ByteBuffer.allocate(length), digest);
    }

    static Way direct(int length) {
        return (disk, digest) -> read(disk, ByteBuffer.allocateDirect(length), digest);
    }

    /// Over zeros where they are known, in pieces of any length.
    static Way skipping(Random random) {
        return (disk, digest) -> {
            long zeros = disk.skipZeros(random.nextLong(1 << 22));
            for (long left = zeros; left > 0; left -= 1 << 16) {
                digest.update(new byte[(int) Math.min(left, 1 << 16)]);
            }
            return zeros + read(disk, ByteBuffer.allocate(random.nextInt(1, 3 << 20)), digest);
        };
    }

    private static int read(DiskStream disk, ByteBuffer buffer, MessageDigest digest) throws IOException {
        disk.read(buffer);
        buffer.flip();
        int count = buffer.remaining();
        digest.update(buffer);
        return count;
    }

    /// A line for each disk: reference, size, SHA-256.
    static List<String> all(XvaReader xva, Way way) throws IOException {
        var lines = new ArrayList<String>();
        for (var disk = xva.next(); disk.isPresent(); disk = xva.next()) {
            var digest = sha256();
            long size = 0;
            for (long more = way.some(disk.get(), digest); more > 0; more = way.some(disk.get(), digest)) {
                size += more;
            }
            lines.add("%s %d %s".formatted(disk.get().ovaDisk().ref(), size, HexFormat.of().formatHex(digest.digest())));
        }
        return lines;
    }

    static List<String> all(byte[] archive) throws IOException {
        try (var xva = XvaReader.open(new ByteArrayInputStream(archive), "archive")) {
            return all(xva, heap(16 << 10));
        }
    }

    static List<String> all(Path archive, Way way) throws IOException {
        try (var xva = XvaReader.open(Files.newInputStream(archive), archive.toString())) {
            return all(xva, way);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
