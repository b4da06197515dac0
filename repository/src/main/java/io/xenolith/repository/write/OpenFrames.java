package io.xenolith.repository.write;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.pack.Compressors;
import io.xenolith.repository.pack.FrameBuilder;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackStream;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Chunks that a thread has claimed as new and that wait in memory to be compressed together. Others rely on them as soon
/// as they are claimed: who claims in vain stores nothing. So a session's flush writes what waits in all of these, also
/// for disks that go on, or that failed. Safe for use by several threads.
final class OpenFrames {

    private final PackKind kind;
    private final NewChunks newChunks;
    private final AtomicLong bytesStored;
    private final Set<OpenFrames> waiting;

    /// Guarded by `this`, which is held from before a claim until its chunk waits here.
    private final FrameBuilder frames;

    private OpenFrames(PackKind kind, NewChunks newChunks, AtomicLong bytesStored, Set<OpenFrames> waiting,
            FrameBuilder frames) {
        this.kind = kind;
        this.newChunks = newChunks;
        this.bytesStored = bytesStored;
        this.waiting = waiting;
        this.frames = frames;
    }

    /// All of a session.
    ///
    /// @param frameBytes of chunks that make a frame
    record Session(PackKind kind, PackStream packs, Compressors compressors, NewChunks newChunks, int frameBytes,
            Set<OpenFrames> waiting) {

        Session(PackKind kind, PackStream packs, Compressors compressors, NewChunks newChunks, int frameBytes) {
            this(kind, packs, compressors, newChunks, frameBytes, ConcurrentHashMap.newKeySet());
        }

        /// @param bytesStored counts what is written to packs
        OpenFrames open(AtomicLong bytesStored) {
            return new OpenFrames(kind, newChunks, bytesStored, waiting, new FrameBuilder(packs, compressors, frameBytes));
        }

        /// Writes all chunks that were claimed before.
        void flush() throws IOException {
            for (var open : waiting) {
                open.flush();
            }
        }
    }

    /// Takes a chunk if it is new.
    ///
    /// @return whether it was
    synchronized boolean add(ChunkId id, byte[] bytes, int at, int length) throws IOException {
        waiting.add(this);
        if (!newChunks.claim(kind, id)) {
            return false;
        }
        bytesStored.addAndGet(frames.add(id, bytes, at, length));
        return true;
    }

    /// Writes what waits.
    synchronized void flush() throws IOException {
        bytesStored.addAndGet(frames.flush());
        waiting.remove(this);
    }
}
