package io.xenolith.repository.pack;

import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.codec.Compressor;
import java.io.Closeable;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Compressors for whoever has a frame full: as many as work at the same time, kept until the end since each holds native
/// memory. Safe for use by several threads.
public final class Compressors implements Closeable {

    private final Compression compression;
    private final Queue<Compressor> idle = new ConcurrentLinkedQueue<>();

    public Compressors(Compression compression) {
        this.compression = compression;
    }

    /// One that nobody else uses until it is given back.
    Compressor take() {
        var compressor = idle.poll();
        return compressor == null ? new Compressor(compression) : compressor;
    }

    void giveBack(Compressor compressor) {
        idle.add(compressor);
    }

    /// To be called when all have been given back.
    @Override
    public void close() {
        for (var compressor = idle.poll(); compressor != null; compressor = idle.poll()) {
            compressor.close();
        }
    }
}
