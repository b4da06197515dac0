package io.xenolith.bench.growth;

import io.xenolith.bench.DiskData;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.SplittableRandom;

/// A disk of any size of which blocks of 64 KiB are written over and over. A block is one of [DiskData] in which each page
/// is marked with the disk, the block and how often that was written, so no two pages are alike, on no two disks. Read by
/// several threads at once, but not while it is written to.
final class ChangingDisk implements DiskSource {

    private static final int BLOCK = Chunking.BLOCK_BYTES;
    private static final int PATTERN_BLOCKS = 512;
    private static final byte[] PATTERN = DiskData.generate(PATTERN_BLOCKS * BLOCK, 11);

    private final int seed;
    private final int[] versions;
    private final SplittableRandom random;

    /// @param size a multiple of 64 KiB
    /// @param seed tells disks apart
    ChangingDisk(long size, int seed) {
        this.seed = seed;
        this.versions = new int[(int) (size / BLOCK)];
        this.random = new SplittableRandom(seed);
    }

    @Override
    public long size() {
        return (long) versions.length * BLOCK;
    }

    /// Writes to `count` random blocks.
    ///
    /// @return what was written to
    Extents change(int count) {
        var changed = new ArrayList<Extent>();
        for (int i = 0; i < count; i++) {
            int block = random.nextInt(versions.length);
            versions[block]++;
            changed.add(new Extent((long) block * BLOCK, BLOCK));
        }
        return Extents.of(changed);
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        for (long at = offset; target.hasRemaining();) {
            int block = (int) (at / BLOCK);
            int within = (int) (at % BLOCK);
            int length = Math.min(BLOCK - within, target.remaining());
            target.put(block(block), within, length);
            at += length;
        }
    }

    private byte[] block(int number) {
        var bytes = new byte[BLOCK];
        long state = ((long) seed << 40) + ((long) number << 16) + versions[number];
        int pattern = new SplittableRandom(state).nextInt(PATTERN_BLOCKS);
        System.arraycopy(PATTERN, pattern * BLOCK, bytes, 0, BLOCK);
        if (Chunking.isZero(bytes, 0, BLOCK) && versions[number] == 0) {
            return bytes; // never written to: a hole
        }
        var marks = ByteBuffer.wrap(bytes);
        for (int page = 0; page < BLOCK; page += Chunking.PAGE_BYTES) {
            marks.putInt(page, seed + 1).putInt(page + 4, number).putInt(page + 8, versions[number]).putInt(page + 12, page);
        }
        return bytes;
    }

    /// Writes the disk as it is now to a new file.
    void writeTo(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int block = 0; block < versions.length; block++) {
                var bytes = ByteBuffer.wrap(block(block));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        }
    }

    @Override
    public void close() {
    }
}
