package io.xenolith.engine.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.RandomDisk;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.map.MapChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class ChunkerTest {

    private static final Chunking CHUNKING = new Chunking(16 << 10);
    private static final int CASES = 60;

    @Test
    void chunksAreThoseOfTheWrittenRule(Seed seed) throws IOException {
        for (int i = 0; i < CASES; i++) {
            var disk = smallDisk(seed.random(i));
            var chunking = new Chunking(Chunking.MIN_MEAN_BYTES << i % 7);
            assertEquals(byTheRule(disk, chunking), cut(disk, chunking, input(disk, false, Chunker.READ_BYTES)), "case " + i);
        }
    }

    @Test
    void theInputsHintsDoNotMoveABoundary(Seed seed) throws IOException {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var disk = smallDisk(random);
            var expected = cut(disk, CHUNKING, input(disk, false, Chunker.READ_BYTES));
            for (int ahead : new int[] {4096, Chunking.BLOCK_BYTES, 3 * Chunking.BLOCK_BYTES, Chunker.READ_BYTES}) {
                for (boolean knowsZeros : new boolean[] {false, true}) {
                    assertEquals(expected, cut(disk, CHUNKING, input(disk, knowsZeros, ahead)),
                            "case %d, %d ahead, zeros known: %s".formatted(i, ahead, knowsZeros));
                }
            }
        }
    }

    @Test
    void noChunkReachesOverARegionOrIsLongerThanTheMaximum(Seed seed) throws IOException {
        // given data on which no page ends a chunk, around the end of a region
        var disk = new SparseDisk(2L * Chunking.REGION_BYTES);
        var page = pageThatEndsNoChunk(seed.random());
        long from = Chunking.REGION_BYTES - 40L * 4096;
        for (int i = 0; i < 80; i++) {
            disk.write(from + i * 4096L, page);
        }
        // when both regions are cut
        var chunks = cut(disk, CHUNKING, input(disk, true, Chunker.READ_BYTES));
        // then chunks end at the maximum, at the holes and at the region's end
        assertTrue(chunks.stream().anyMatch(chunk -> chunk.length() == CHUNKING.maxBytes()), chunks.toString());
        assertTrue(chunks.stream().anyMatch(chunk -> chunk.end() == Chunking.REGION_BYTES), chunks.toString());
        for (var chunk : chunks) {
            assertTrue(chunk.length() <= CHUNKING.maxBytes(), chunk.toString());
            assertEquals(chunk.offset() / Chunking.REGION_BYTES, (chunk.end() - 1) / Chunking.REGION_BYTES, chunk.toString());
        }
    }

    @Test
    void theBytesGivenAreThoseOfTheDisk(Seed seed) throws IOException {
        for (int i = 0; i < CASES; i++) {
            var disk = smallDisk(seed.random(i));
            var hasher = ChunkIdentity.plain().newHasher();
            for (var chunk : cut(disk, CHUNKING, input(disk, true, Chunker.READ_BYTES))) {
                assertEquals(hasher.id(disk.bytes(chunk.offset(), chunk.length())), chunk.id(), "case " + i);
            }
        }
    }

    /// What the documentation of [Chunking] says, as simply as can be.
    private static List<MapChunk> byTheRule(SparseDisk disk, Chunking chunking) {
        var chunks = new ArrayList<MapChunk>();
        var hasher = ChunkIdentity.plain().newHasher();
        byte[] bytes = disk.bytes(0, (int) disk.size());
        var crc = new CRC32C();
        int start = 0;
        int bits = Integer.numberOfTrailingZeros(chunking.meanBytes() / 4096);
        for (int page = 0; page < bytes.length; page += 4096) {
            int end = Math.min(bytes.length, page + 4096);
            int block = page / 65536 * 65536;
            int blockEnd = Math.min(bytes.length, block + 65536);
            boolean hole = Arrays.equals(bytes, block, blockEnd, new byte[blockEnd - block], 0, blockEnd - block);
            crc.reset();
            crc.update(bytes, page, end - page);
            boolean nextIsHole = end == blockEnd && end < bytes.length && Arrays.equals(bytes, end,
                    Math.min(bytes.length, end + 65536), new byte[65536], 0, Math.min(65536, bytes.length - end));
            boolean ends = Long.numberOfTrailingZeros(crc.getValue() | 1L << 32) >= bits || end - start >= 4 * chunking.meanBytes()
                    || end % (32 << 20) == 0 || end == bytes.length || nextIsHole;
            if (hole) {
                start = end;
            } else if (ends) {
                chunks.add(new MapChunk(start, end - start, hasher.id(bytes, start, end - start)));
                start = end;
            }
        }
        return chunks;
    }

    private static List<MapChunk> cut(SparseDisk disk, Chunking chunking, Chunker.Input input) throws IOException {
        var chunks = new ArrayList<MapChunk>();
        var chunker = new Chunker(chunking);
        var hasher = ChunkIdentity.plain().newHasher();
        for (long from = 0; from < disk.size(); from += Chunking.REGION_BYTES) {
            long end = Math.min(disk.size(), from + Chunking.REGION_BYTES);
            assertEquals(end, chunker.cut(from, end, input, (offset, bytes, at, length) ->
                    chunks.add(new MapChunk(offset, length, hasher.id(bytes, at, length)))));
        }
        return chunks;
    }

    private static Chunker.Input input(SparseDisk disk, boolean knowsZeros, int readAhead) {
        return new Chunker.Input() {
            @Override
            public long zerosFrom(long offset, long limit) {
                return knowsZeros ? disk.allocated(new Extent(offset, limit)).gapFrom(offset, limit) : 0;
            }

            @Override
            public void read(long offset, byte[] target, int at, int length) throws IOException {
                disk.read(offset, ByteBuffer.wrap(target, at, length));
            }

            @Override
            public int readAhead() {
                return readAhead;
            }
        };
    }

    private static SparseDisk smallDisk(Random random) {
        return RandomDisk.of(random.nextLong(1, random.nextInt(8) == 0 ? 33 << 20 : 3 << 20), random);
    }

    private static byte[] pageThatEndsNoChunk(Random random) {
        var page = new byte[4096];
        do {
            random.nextBytes(page);
        } while (CHUNKING.endsChunk(new CRC32C(), page, 0, page.length));
        return page;
    }
}
