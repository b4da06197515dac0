package io.xenolith.engine.disk;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.map.MapShape;
import java.util.Arrays;
import java.util.Random;

/// Disks of all sizes with a few islands of data, put where slots, regions and tree levels meet.
public final class RandomDisk {

    private RandomDisk() {
    }

    public static SparseDisk of(Random random) {
        return of(size(random), random);
    }

    /// A disk of `size` bytes.
    public static SparseDisk of(long size, Random random) {
        var disk = new SparseDisk(size);
        for (int i = random.nextInt(8); i > 0; i--) {
            write(disk, random);
        }
        return disk;
    }

    /// 0 or more bytes, half of the time a multiple of a page; now and then of several regions or tree levels.
    public static long size(Random random) {
        long size = switch (random.nextInt(16)) {
            case 0 -> 0;
            case 1 -> random.nextInt(70_000);
            case 2, 3, 4, 5 -> (long) MapShape.SLOT_BYTES * random.nextInt(1, 9) + random.nextInt(-5000, 5000);
            case 6 -> (long) Chunking.REGION_BYTES * random.nextInt(1, 4) + random.nextInt(-70_000, 70_000);
            case 7 -> (256L << 20) + random.nextInt(-70_000, 70_000);
            default -> random.nextInt(1, 2 << 20);
        };
        return random.nextBoolean() ? size : size / Chunking.PAGE_BYTES * Chunking.PAGE_BYTES;
    }

    /// Writes something somewhere: noise, one byte over and over, or zeros.
    public static void write(SparseDisk disk, Random random) {
        if (disk.size() == 0) {
            return;
        }
        long offset = offset(disk.size(), random);
        int length = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(1, 5000);
            case 1 -> Chunking.BLOCK_BYTES;
            default -> random.nextInt(1, 900_000);
        };
        var bytes = new byte[(int) Math.min(length, disk.size() - offset)];
        switch (random.nextInt(6)) {
            case 0 -> { }
            case 1 -> Arrays.fill(bytes, (byte) random.nextInt(3));
            default -> random.nextBytes(bytes);
        }
        disk.write(offset, bytes);
    }

    private static long offset(long size, Random random) {
        long anywhere = random.nextLong(size);
        long offset = switch (random.nextInt(6)) {
            case 0 -> anywhere;
            case 1 -> anywhere / Chunking.PAGE_BYTES * Chunking.PAGE_BYTES;
            case 2 -> anywhere / Chunking.BLOCK_BYTES * Chunking.BLOCK_BYTES;
            case 3 -> anywhere / MapShape.SLOT_BYTES * MapShape.SLOT_BYTES - random.nextInt(100_000);
            case 4 -> anywhere / Chunking.REGION_BYTES * Chunking.REGION_BYTES - random.nextInt(100_000);
            default -> size - 1 - random.nextInt(100_000);
        };
        return Math.clamp(offset, 0, size - 1);
    }

    /// Fails unless both disks hold the same outside of `except`.
    public static void assertSame(SparseDisk expected, SparseDisk found, Extents except) {
        if (expected.size() != found.size()) {
            throw new AssertionError("%d bytes instead of %d".formatted(found.size(), expected.size()));
        }
        if (expected.size() == 0) {
            return;
        }
        var all = new Extent(0, expected.size());
        for (var extent : expected.allocated(all).union(found.allocated(all))) {
            for (long at = extent.offset(); at < extent.end();) {
                long skip = except.runFrom(at, extent.end() - at);
                int length = (int) except.gapFrom(at, Math.min(1 << 20, extent.end() - at));
                if (skip == 0 && !Arrays.equals(expected.bytes(at, length), found.bytes(at, length))) {
                    throw new AssertionError("the disks differ within %d bytes at %d".formatted(length, at));
                }
                at += skip + length;
            }
        }
    }
}
