package io.xenolith.source.raw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/// Content for the tests.
final class Bytes {

    private Bytes() {
    }

    static byte[] random(long seed, int length) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] read(RawFile source, long offset, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        source.read(offset, bytes);
        return bytes.array();
    }
}
