package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.SparseDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Disks for the tests, and what is to be done with them.
final class TestDisk {

    private TestDisk() {
    }

    /// A disk with some islands of data, noise and text by turns, a few at its beginning and its end.
    static SparseDisk random(Random random, long size) {
        var disk = new SparseDisk(size);
        for (int i = random.nextInt(12); i > 0 && size > 0; i--) {
            long offset = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> Math.max(0, size - 1 - random.nextInt(100_000));
                default -> random.nextLong(size);
            };
            disk.write(offset, bytes(random, 1 + random.nextInt(300_000)));
        }
        return disk;
    }

    static byte[] bytes(Random random, int length) {
        var bytes = new byte[length];
        switch (random.nextInt(3)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> java.util.Arrays.fill(bytes, (byte) random.nextInt());
            default -> {
                var words = new byte[64][1 + random.nextInt(9)];
                for (var word : words) {
                    random.nextBytes(word);
                }
                for (int i = 0; i < length;) {
                    var word = words[random.nextInt(words.length)];
                    int count = Math.min(word.length, length - i);
                    System.arraycopy(word, 0, bytes, i, count);
                    i += count;
                }
            }
        }
        return bytes;
    }

    static Path asRaw(SparseDisk disk, Path file) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            for (var extent : written(disk)) {
                channel.position(extent.offset());
                channel.write(ByteBuffer.wrap(disk.bytes(extent.offset(), (int) extent.length())));
            }
        }
        try (var open = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(disk.size());
        }
        return file;
    }

    /// The clusters of 64 KiB that were written to.
    static DiskBlocks clusters(SparseDisk disk) {
        var clusters = new DiskBlocks(disk.size(), Qcow2Layout.CLUSTER_BYTES);
        written(disk).forEach(clusters::add);
        return clusters;
    }

    /// Writes what `disk` holds, in pieces of at most `pieceBytes`.
    static void write(SparseDisk disk, DiskTarget target, int pieceBytes) throws IOException {
        for (var piece : pieces(disk, pieceBytes)) {
            target.write(piece.offset(), ByteBuffer.wrap(disk.bytes(piece.offset(), (int) piece.length())));
        }
    }

    static List<Extent> pieces(SparseDisk disk, int pieceBytes) {
        var pieces = new ArrayList<Extent>();
        for (var extent : written(disk)) {
            for (long at = extent.offset(); at < extent.end(); at += pieceBytes) {
                pieces.add(Extent.between(at, Math.min(extent.end(), at + pieceBytes)));
            }
        }
        return pieces;
    }

    static List<Extent> written(SparseDisk disk) {
        return disk.size() == 0 ? List.of() : disk.allocated(new Extent(0, disk.size())).asList();
    }

    /// All of a small disk.
    static byte[] content(DiskSource disk) throws IOException {
        var content = ByteBuffer.allocate((int) disk.size());
        disk.read(0, content);
        return content.array();
    }
}
