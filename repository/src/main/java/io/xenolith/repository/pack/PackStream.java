package io.xenolith.repository.pack;

import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/// Writes frames into pack after pack of one kind. A full pack is made durable in the background while the next one fills,
/// one at a time. Safe for use by several threads; after a failure every further call fails.
public final class PackStream implements Closeable {

    /// The length at which a pack is full.
    public static final long PACK_BYTES = 64L << 20;

    private static final int TABLE_ENTRY_BYTES = 35; // about what the table takes for a chunk: id, compressed length

    private final PackKind kind;
    private final long packBytes;
    private final Storage storage;
    private final Protection protection;
    private final RandomGenerator random;
    private final Sealed sealed;
    private final ExecutorService sealer;

    /// The fields below are guarded by `this`, which is held while a frame is written: a pack has but one end.
    private final Deque<Future<?>> sealing = new ArrayDeque<>();
    private PackWriter current; // null between packs
    private boolean closed; // for good, or by a failure: what was handed over may be lost then

    /// Told of each pack when it is durable.
    public interface Sealed {
        void sealed(PackTable table) throws IOException;
    }

    /// @param packBytes the length at which a pack is full, usually [#PACK_BYTES]
    public PackStream(PackKind kind, long packBytes, Storage storage, Protection protection, RandomGenerator random,
            Sealed sealed) {
        this.kind = kind;
        this.packBytes = packBytes;
        this.storage = storage;
        this.protection = protection;
        this.random = random;
        this.sealed = sealed;
        this.sealer = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("seal-" + kind).daemon().factory());
    }

    /// Appends a frame to the current pack.
    ///
    /// @return how many bytes it takes, its share of the table included
    synchronized long append(Frame frame, byte[] compressed, int offset, int length) throws IOException {
        requireOpen();
        try {
            return write(frame, compressed, offset, length) + (long) TABLE_ENTRY_BYTES * frame.lengths().length;
        } catch (IOException | RuntimeException e) {
            closed = true; // the frame is lost, on whose chunks others may rely by now, and the pack may hold half of it
            throw e;
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("writing packs has ended, by an earlier failure or at the session's end");
        }
    }

    private long write(Frame frame, byte[] compressed, int offset, int length) throws IOException {
        if (current != null && current.isFullFor(frame.lengths().length)) {
            sealCurrent();
        }
        if (current == null) {
            current = new PackWriter(PackId.random(kind, random), storage, protection);
        }
        long stored = current.append(frame, compressed, offset, length);
        if (current.length() >= packBytes) {
            sealCurrent();
        }
        return stored;
    }

    private void sealCurrent() throws IOException {
        await(1);
        var full = current;
        current = null;
        sealing.add(sealer.submit(() -> {
            try (full) {
                sealed.sealed(full.commit());
            }
            return null;
        }));
    }

    /// Waits until at most `left` packs are on their way to the disk.
    private void await(int left) throws IOException {
        while (sealing.size() > left) {
            try {
                sealing.remove().get();
            } catch (ExecutionException e) {
                closed = true;
                throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
            } catch (InterruptedException e) {
                closed = true;
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while a pack was written");
            }
        }
    }

    /// Seals the current pack and waits until all packs are durable. More may be written afterwards.
    ///
    /// @throws IOException if anything that was ever appended is not durable
    public synchronized void flush() throws IOException {
        requireOpen();
        if (current != null) {
            sealCurrent();
        }
        await(0);
    }

    /// Ends the writing. A pack that was not flushed is discarded.
    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            if (current != null) {
                current.close();
                current = null;
            }
        }
        sealer.close();
    }
}
