package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/// A disk of a restore point that is held in memory. What is zeros for 64 KiB is a hole.
final class MemoryDisk implements StoredDisk {
    private static final int HOLE_BYTES = 64 << 10;

    /// Done once a disk is half written.
    interface HalfWay {
        void run() throws IOException, InterruptedException;
    }

    final String name;
    final byte[] content;
    private HalfWay halfWay = () -> { };

    MemoryDisk(String name, byte[] content) {
        this.name = name;
        this.content = content;
    }

    /// A disk with data here and there, from its first to its last byte.
    static MemoryDisk random(String name, int bytes, Random random) {
        var content = new byte[bytes];
        for (int at = 0; at < bytes; at += HOLE_BYTES) {
            if (at == 0 || at + HOLE_BYTES >= bytes || random.nextInt(8) == 0) {
                var piece = new byte[Math.min(HOLE_BYTES, bytes - at)];
                random.nextBytes(piece);
                System.arraycopy(piece, 0, content, at, piece.length);
            }
        }
        return new MemoryDisk(name, content);
    }

    MemoryDisk halfWay(HalfWay action) {
        halfWay = action;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return content.length;
    }

    @Override
    public String label() {
        return "";
    }

    @Override
    public DiskBlocks blocks(int blockBytes) {
        var blocks = new DiskBlocks(content.length, blockBytes);
        for (int at = 0; at < content.length; at += HOLE_BYTES) {
            if (!isHole(at)) {
                blocks.add(new Extent(at, lengthAt(at)));
            }
        }
        return blocks;
    }

    private int lengthAt(int at) {
        return Math.min(HOLE_BYTES, content.length - at);
    }

    private boolean isHole(int at) {
        for (int i = at; i < at + lengthAt(at); i++) {
            if (content[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void write(DiskTarget target) throws IOException, InterruptedException {
        var all = new DiskBlocks(content.length, HOLE_BYTES);
        all.add(new Extent(0, content.length));
        write(all, target);
    }

    @Override
    public void write(DiskBlocks only, DiskTarget target) throws IOException, InterruptedException {
        for (int at = 0; at < content.length; at += HOLE_BYTES) {
            if (at / HOLE_BYTES == content.length / HOLE_BYTES / 2) {
                halfWay.run();
            }
            if (only.contains(at / only.blockBytes()) && (target.needsZeros() || !isHole(at))) {
                target.write(at, ByteBuffer.wrap(content, at, lengthAt(at)));
            }
        }
    }

    @Override
    public DiskSource open() {
        return new DiskSource() {
            @Override
            public long size() {
                return content.length;
            }

            @Override
            public void read(long offset, ByteBuffer target) {
                target.put(content, (int) offset, target.remaining());
            }

            @Override
            public void close() {
            }
        };
    }
}
