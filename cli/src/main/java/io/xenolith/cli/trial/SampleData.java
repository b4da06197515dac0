package io.xenolith.cli.trial;

import java.util.Random;

/// Made-up data that compresses about as well as a server's disk does: words, and noise in between.
public final class SampleData {

    private static final int WORDS = 4096;
    private static final byte[][] DICTIONARY = dictionary();
    private static final int RUN_BYTES = 4096;

    private SampleData() {
    }

    private static byte[][] dictionary() {
        var random = new Random(1);
        var words = new byte[WORDS][];
        for (int i = 0; i < WORDS; i++) {
            words[i] = new byte[3 + random.nextInt(8)];
            for (int at = 0; at < words[i].length - 1; at++) {
                words[i][at] = (byte) ('a' + random.nextInt(26));
            }
            words[i][words[i].length - 1] = ' ';
        }
        return words;
    }

    /// `length` bytes, the same for the same seed.
    public static byte[] bytes(long seed, int length) {
        var random = new Random(seed);
        var bytes = new byte[length];
        for (int at = 0; at < length; at += RUN_BYTES) {
            int run = Math.min(RUN_BYTES, length - at);
            if (random.nextInt(3) == 0) {
                noise(random, bytes, at, run);
            } else {
                words(random, bytes, at, run);
            }
        }
        return bytes;
    }

    private static void noise(Random random, byte[] bytes, int offset, int length) {
        var noise = new byte[length];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, offset, length);
    }

    private static void words(Random random, byte[] bytes, int offset, int length) {
        for (int at = offset; at < offset + length;) {
            var word = DICTIONARY[Math.min(random.nextInt(WORDS), random.nextInt(WORDS))];
            int count = Math.min(word.length, offset + length - at);
            System.arraycopy(word, 0, bytes, at, count);
            at += count;
        }
    }
}
