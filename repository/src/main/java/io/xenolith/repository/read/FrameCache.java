package io.xenolith.repository.read;

import io.xenolith.repository.pack.PackId;
import java.util.LinkedHashMap;
import java.util.Optional;

/// Decoded frames that were used last, up to a number of bytes. Safe for use by several threads.
final class FrameCache {

    private final long capacity;

    /// Guarded by itself, and so is `bytes`.
    private final LinkedHashMap<FrameAddress, byte[]> frames = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /// @param capacity in bytes
    FrameCache(long capacity) {
        this.capacity = capacity;
    }

    /// A frame of a pack, by its number.
    record FrameAddress(PackId pack, int frame) {
    }

    Optional<byte[]> get(FrameAddress address) {
        synchronized (frames) {
            return Optional.ofNullable(frames.get(address));
        }
    }

    void put(FrameAddress address, byte[] frame) {
        synchronized (frames) {
            var before = frames.put(address, frame);
            bytes += frame.length - (before == null ? 0 : before.length);
            while (bytes > capacity && frames.size() > 1) {
                bytes -= frames.pollFirstEntry().getValue().length;
            }
        }
    }
}
