package io.xenolith.bench.peers;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// An image, read by all processors in pieces of 1 MiB, without its aligned blocks of 64 KiB that are zeros.
final class BareImage {

    static final int PIECE_BYTES = 1 << 20;

    private static final int BLOCK_BYTES = 64 << 10;
    private static final byte[] ZEROS = new byte[BLOCK_BYTES];

    private BareImage() {
    }

    /// What is done with a piece. For use by one thread.
    interface Work {
        void take(byte[] data, int length);
    }

    /// Reads all of an image.
    ///
    /// @param work makes one for each thread
    /// @return bytes that are not in blocks of zeros
    static long each(Path image, Supplier<Work> work) throws IOException, InterruptedException {
        try (var channel = FileChannel.open(image, READ)) {
            var next = new AtomicLong();
            var data = new AtomicLong();
            var failures = new ArrayList<Throwable>();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                threads.add(Thread.ofPlatform().uncaughtExceptionHandler((_, failure) -> {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }).start(() -> data.addAndGet(share(channel, next, work.get()))));
            }
            for (var thread : threads) {
                thread.join();
            }
            if (!failures.isEmpty()) {
                throw new IOException("%s cannot be read".formatted(image), failures.getFirst());
            }
            return data.get();
        }
    }

    private static long share(FileChannel channel, AtomicLong next, Work work) {
        var buffer = ByteBuffer.allocate(PIECE_BYTES);
        long sum = 0;
        try {
            long size = channel.size();
            for (long at = next.getAndAdd(PIECE_BYTES); at < size; at = next.getAndAdd(PIECE_BYTES)) {
                buffer.clear();
                while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {
                    // a read may stop early
                }
                int length = withoutZeros(buffer.array(), buffer.position());
                work.take(buffer.array(), length);
                sum += length;
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Moves what is no block of zeros to the front.
    private static int withoutZeros(byte[] piece, int length) {
        int kept = 0;
        for (int at = 0; at < length; at += BLOCK_BYTES) {
            int block = Math.min(BLOCK_BYTES, length - at);
            if (!Arrays.equals(piece, at, at + block, ZEROS, 0, block)) {
                if (kept < at) {
                    System.arraycopy(piece, at, piece, kept, block);
                }
                kept += block;
            }
        }
        return kept;
    }
}
