package io.xenolith.repository.read;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.pack.PackId;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Decoded frames that were used last, up to a number of bytes. Who asks for a frame that another thread decodes waits for
/// that one. Safe for use by several threads.
final class FrameCache {

    private final long capacity;

    /// Guarded by itself, and so are `arriving` and `bytes`; never held while a frame is read.
    private final LinkedHashMap<FrameAddress, Frame> frames = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<FrameAddress, CompletableFuture<Frame>> arriving = new HashMap<>();
    private long bytes;

    /// @param capacity in bytes
    FrameCache(long capacity) {
        this.capacity = capacity;
    }

    /// A frame of a pack, by its number.
    record FrameAddress(PackId pack, int frame) {
    }

    /// A decoded frame, and which of its chunks are known to be what their ids say.
    static final class Frame {
        private final byte[] bytes;

        /// The ids that were proven, by ordinals in the pack.
        private final Map<Integer, ChunkId> proven = new ConcurrentHashMap<>();

        Frame(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        boolean isProven(int ordinal, ChunkId id) {
            return id.equals(proven.get(ordinal));
        }

        void proved(int ordinal, ChunkId id) {
            proven.put(ordinal, id);
        }
    }

    /// Reads and decodes one frame.
    interface Reader {
        byte[] read() throws IOException;
    }

    /// The frame from memory or, if it is not there, from `reader`.
    Frame get(FrameAddress address, Reader reader) throws IOException {
        var mine = new CompletableFuture<Frame>();
        CompletableFuture<Frame> others;
        synchronized (frames) {
            var cached = frames.get(address);
            if (cached != null) {
                return cached;
            }
            others = arriving.putIfAbsent(address, mine);
        }
        if (others == null) {
            return read(address, reader, mine);
        }
        var frame = others.handle((read, failure) -> failure == null ? read : null).join();
        return frame != null ? frame : new Frame(reader.read()); // the failure may have been that thread's own, as an interrupt
    }

    private Frame read(FrameAddress address, Reader reader, CompletableFuture<Frame> arrival) throws IOException {
        try {
            var frame = new Frame(reader.read());
            keep(address, frame);
            arrival.complete(frame);
            return frame;
        } finally {
            synchronized (frames) {
                arriving.remove(address);
            }
            arrival.cancel(false); // does nothing unless reading failed
        }
    }

    private void keep(FrameAddress address, Frame frame) {
        synchronized (frames) {
            var before = frames.put(address, frame);
            bytes += frame.bytes.length - (before == null ? 0 : before.bytes.length);
            while (bytes > capacity && frames.size() > 1) {
                bytes -= frames.pollFirstEntry().getValue().bytes.length;
            }
        }
    }

    /// Forgets a frame that is not what it should be: reading it again may help.
    void remove(FrameAddress address) {
        synchronized (frames) {
            var removed = frames.remove(address);
            bytes -= removed == null ? 0 : removed.bytes.length;
        }
    }
}
