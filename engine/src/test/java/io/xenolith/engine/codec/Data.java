package io.xenolith.engine.codec;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/// Kinds of data that disks hold.
enum Data {
    ZEROS,
    TEXT,
    NOISE;

    private static final String[] WORDS = {"extent ", "block ", "of ", "a ", "disk\n", "page ", "0x00 ", "restore "};

    byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        switch (this) {
            case ZEROS -> {}
            case NOISE -> random.nextBytes(bytes);
            case TEXT -> {
                for (int at = 0; at < length; ) {
                    byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.US_ASCII);
                    int part = Math.min(word.length, length - at);
                    System.arraycopy(word, 0, bytes, at, part);
                    at += part;
                }
            }
        }
        return bytes;
    }
}
