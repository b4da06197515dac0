package io.xenolith.repository.read;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.pack.PackId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Decoded frames that were used last, up to a number of bytes. Who asks for a frame that another thread decodes waits for
/// that one. Frames are lent: what was dropped and given back is decoded into again, so that reading a disk leaves nothing
/// for the garbage collector. Safe for use by several threads.
final class FrameCache {

    /// Buffers that wait for the next frame.
    private static final int MAX_SPARE = 4;

    /// Buffers of at least this are multiples of it, so that they fit the next frame too. Shorter ones, of which there may be
    /// thousands, are as long as the frame and not used again.
    private static final int BUFFER_STEP_BYTES = 256 << 10;

    private final long capacity;

    /// Guarded by itself, and so are the fields below and those of frames that change; never held while a frame is read.
    private final LinkedHashMap<FrameAddress, Frame> frames = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<FrameAddress, CompletableFuture<Void>> arriving = new HashMap<>();
    private final ArrayDeque<byte[]> spare = new ArrayDeque<>();
    private long bytes;

    /// @param capacity in bytes of buffers
    FrameCache(long capacity) {
        this.capacity = capacity;
    }

    /// A frame of a pack, by its number.
    record FrameAddress(PackId pack, int frame) {
    }

    /// A decoded frame, on loan until it is closed.
    final class Frame implements AutoCloseable {
        private final byte[] buffer;

        /// The ids that were proven by their digests, by ordinals in the pack.
        private final Map<Integer, ChunkId> proven = new ConcurrentHashMap<>(0);

        private int borrowers = 1;
        private boolean kept;

        private Frame(byte[] buffer) {
            this.buffer = buffer;
        }

        /// The frame's bytes, from the array's start on; the array may be longer. Not to be changed.
        byte[] bytes() {
            return buffer;
        }

        boolean isProven(int ordinal, ChunkId id) {
            return id.equals(proven.get(ordinal));
        }

        void proved(int ordinal, ChunkId id) {
            proven.put(ordinal, id);
        }

        /// Gives the frame back: its bytes may be others from now on.
        @Override
        public void close() {
            synchronized (frames) {
                borrowers--;
                recycle(this);
            }
        }
    }

    /// Reads and decodes one frame.
    interface Reader {
        /// How many bytes it has.
        int length();

        /// Fills the start of `target`, which has room.
        void read(byte[] target) throws IOException;
    }

    /// The frame from memory or, if it is not there, from `reader`.
    Frame borrow(FrameAddress address, Reader reader) throws IOException {
        while (true) {
            var mine = new CompletableFuture<Void>();
            CompletableFuture<Void> others;
            synchronized (frames) {
                var cached = frames.get(address);
                if (cached != null) {
                    cached.borrowers++;
                    return cached;
                }
                others = arriving.putIfAbsent(address, mine);
            }
            if (others == null) {
                return readForAll(address, reader, mine);
            }
            boolean arrived = others.handle((_, failure) -> failure == null).join();
            if (!arrived) {
                return decode(reader); // the failure may have been that thread's own, as an interrupt
            }
        }
    }

    private Frame readForAll(FrameAddress address, Reader reader, CompletableFuture<Void> arrival) throws IOException {
        try {
            var frame = decode(reader);
            keep(address, frame);
            arrival.complete(null);
            return frame;
        } finally {
            synchronized (frames) {
                arriving.remove(address);
            }
            arrival.cancel(false); // does nothing unless reading failed
        }
    }

    private Frame decode(Reader reader) throws IOException {
        var frame = new Frame(buffer(reader.length()));
        try {
            reader.read(frame.buffer);
            return frame;
        } catch (IOException | RuntimeException e) {
            frame.close();
            throw e;
        }
    }

    private byte[] buffer(int length) {
        if (length < BUFFER_STEP_BYTES) {
            return new byte[length];
        }
        synchronized (frames) {
            for (var fitting = spare.iterator(); fitting.hasNext();) {
                var buffer = fitting.next();
                if (buffer.length >= length && buffer.length <= length + 2 * BUFFER_STEP_BYTES) {
                    fitting.remove();
                    return buffer;
                }
            }
        }
        return new byte[(length + BUFFER_STEP_BYTES - 1) / BUFFER_STEP_BYTES * BUFFER_STEP_BYTES];
    }

    private void keep(FrameAddress address, Frame frame) {
        synchronized (frames) {
            drop(frames.put(address, frame));
            frame.kept = true;
            bytes += frame.buffer.length;
            while (bytes > capacity && frames.size() > 1) {
                drop(frames.pollFirstEntry().getValue());
            }
        }
    }

    /// Forgets a frame that is not what it should be: reading it again may help.
    void remove(FrameAddress address) {
        synchronized (frames) {
            drop(frames.remove(address));
        }
    }

    private void drop(Frame frame) {
        if (frame != null) {
            frame.kept = false;
            bytes -= frame.buffer.length;
            recycle(frame);
        }
    }

    private void recycle(Frame frame) {
        if (!frame.kept && frame.borrowers == 0 && frame.buffer.length >= BUFFER_STEP_BYTES) {
            spare.addLast(frame.buffer);
            if (spare.size() > MAX_SPARE) {
                spare.removeFirst();
            }
        }
    }
}
