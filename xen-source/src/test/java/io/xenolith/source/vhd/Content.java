package io.xenolith.source.vhd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Random;

/// Disks of the tests, whole in memory.
final class Content {

    private Content() {
    }

    /// Reads all that a source says is allocated, in pieces of any size; the rest is zeros.
    static byte[] of(DiskSource disk, Random random) throws IOException {
        var content = new byte[Math.toIntExact(disk.size())];
        for (int at = 0; at < content.length; ) {
            int length = Math.min(content.length - at, 1 + random.nextInt(content.length / 3 + 1));
            for (var extent : disk.allocated(new Extent(at, length))) {
                disk.read(extent.offset(), ByteBuffer.wrap(content, (int) extent.offset(), (int) extent.length()));
            }
            at += length;
        }
        return content;
    }

    /// Reads a stream to its end, passing over zeros that it knows of at times.
    static byte[] of(DiskStream disk, Random random) throws IOException {
        var content = new ByteArrayOutputStream();
        while (true) {
            if (random.nextBoolean()) {
                content.write(new byte[(int) disk.skipZeros(1 + random.nextInt(3 << 20))]);
            }
            var piece = random.nextBoolean() ? ByteBuffer.allocate(1 + random.nextInt(3 << 20))
                    : ByteBuffer.allocateDirect(1 + random.nextInt(5000));
            disk.read(piece);
            boolean ended = piece.hasRemaining();
            var bytes = new byte[piece.flip().remaining()];
            piece.get(bytes);
            content.write(bytes);
            if (ended) {
                return content.toByteArray();
            }
        }
    }

    /// Lays what changed over `base`, in regions of any size, and checks that it lies in blocks said to be touched.
    static byte[] of(DeltaStream delta, byte[] base, Random random) throws IOException {
        var content = Arrays.copyOf(base, Math.toIntExact(delta.size()));
        for (int at = 0; at < content.length; ) {
            int length = Math.min(content.length - at, 1 + random.nextInt(content.length / 3 + 1));
            var region = new byte[length];
            for (var extent : delta.read(new Extent(at, length), region)) {
                assertTrue(delta.touched().within(extent).bytes() == extent.length(), () -> extent + " is not touched");
                System.arraycopy(region, (int) extent.offset() - at, content, (int) extent.offset(),
                        (int) extent.length());
            }
            at += length;
        }
        return content;
    }

    /// A channel that gives less than it is asked for.
    static ReadableByteChannel trickle(byte[] bytes, Random random) {
        return new ReadableByteChannel() {
            private int at;

            @Override
            public int read(ByteBuffer target) {
                int count = Math.min(bytes.length - at, Math.min(target.remaining(), 1 + random.nextInt(1 << 17)));
                target.put(bytes, at, count);
                at += count;
                return count == 0 && target.hasRemaining() ? -1 : count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {
                // nothing to let go of
            }
        };
    }
}
