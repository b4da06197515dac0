package io.xenolith.sim;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Pool;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk of a simulated pool as its guest uses it. A write is tracked like a guest's if the disk is.
public final class SimulatedDisk {
    private final Pool pool;
    private final Row row;

    SimulatedDisk(Pool pool, Row row) {
        this.pool = pool;
        this.row = row;
    }

    public String uuid() {
        return row.uuid();
    }

    /// In bytes.
    public long size() throws IOException {
        return pool.uninterrupted(() -> row.number("virtual_size"));
    }

    /// Writes from `offset` on, in bytes.
    ///
    /// @throws IllegalStateException if the disk is a snapshot, which never changes
    /// @throws java.io.EOFException if the disk ends before the bytes do
    /// @throws io.xenolith.sim.disk.StorageFullException if the storage is full
    public void write(long offset, byte... bytes) throws IOException {
        pool.uninterrupted(() -> {
            if (row.flag("is_a_snapshot")) {
                throw new IllegalStateException("disk %s is a snapshot; write to the disk that it was taken of"
                        .formatted(row.uuid()));
            }
            pool.storage().write(row, offset, ByteBuffer.wrap(bytes));
            return null;
        });
    }

    /// @throws java.io.EOFException if the disk ends before
    public byte[] read(long offset, int length) throws IOException {
        var image = pool.uninterrupted(() -> pool.storage().image(row));
        var bytes = new byte[length];
        image.read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /// Marks the disk's change log as one not to be trusted.
    public void spoilTracking() throws IOException {
        pool.uninterrupted(() -> {
            pool.storage().spoilTracking(row);
            return null;
        });
    }

    /// Makes the disk vanish, as if somebody had destroyed it behind the client's back.
    public void destroy() throws IOException {
        pool.uninterrupted(() -> {
            pool.storage().destroy(row);
            return null;
        });
    }
}
