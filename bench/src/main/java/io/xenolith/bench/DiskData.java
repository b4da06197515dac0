package io.xenolith.bench;

import io.xenolith.engine.chunk.Chunking;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/// Bytes as a server's disk has them, in a stated mix by blocks of 64 KiB: 30 % holes, 30 % text of the kind that logs are
/// made of, 25 % structured binary (records with counters and repeated words, like programs and databases), 15 % that no
/// codec shrinks. The same seed gives the same bytes.
public final class DiskData {

    private DiskData() {
    }

    /// A disk of `size` bytes.
    public static byte[] generate(int size, long seed) {
        var random = new Random(seed);
        var disk = new byte[size];
        for (int at = 0; at < size; at += Chunking.BLOCK_BYTES) {
            int end = Math.min(size, at + Chunking.BLOCK_BYTES);
            int kind = random.nextInt(100);
            if (kind >= 85) {
                var noise = new byte[end - at];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, disk, at, noise.length);
            } else if (kind >= 60) {
                records(random, disk, at, end);
            } else if (kind >= 30) {
                text(random, disk, at, end);
            }
        }
        return disk;
    }

    /// Fills `disk[from, end)` with lines of a log, never twice the same.
    static void text(Random random, byte[] disk, int from, int end) {
        for (int at = from; at < end;) {
            var line = "%d host app[%d]: request id=%016x path=/v1/items/%d took=%dus%n".formatted(
                    1_700_000_000 + random.nextInt(1 << 24), random.nextInt(30_000), random.nextLong(),
                    random.nextInt(100_000), random.nextInt(90_000)).getBytes(StandardCharsets.US_ASCII);
            int length = Math.min(line.length, end - at);
            System.arraycopy(line, 0, disk, at, length);
            at += length;
        }
    }

    private static void records(Random random, byte[] disk, int from, int end) {
        int counter = random.nextInt();
        for (int at = from; at < end; at++) {
            disk[at] = switch (at & 15) {
                case 0, 1, 2, 3 -> (byte) (counter >>> 8 * (at & 3));
                case 4, 5 -> (byte) random.nextInt();
                case 6, 7, 8 -> (byte) random.nextInt(8);
                default -> (byte) (at & 15);
            };
            counter += (at & 15) == 15 ? 1 : 0;
        }
    }
}
