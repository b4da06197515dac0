package io.xenolith.cli.serve;

import io.xenolith.nbd.server.NoSpaceException;
import io.xenolith.nbd.server.WritableExport;
import io.xenolith.source.overlay.OverlayDisk;
import io.xenolith.source.overlay.ScratchFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A disk that clients may write to, as one connection sees it. What is written is there for all connections at once and
/// for as long as the server runs, so that durable writes and flushes have nothing to add.
record OverlayExport(ServedDisk served, OverlayDisk disk, OpenDisks open) implements WritableExport {

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public String description() {
        return served.description() + ", writable";
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        open.read(disk, offset, target);
    }

    private interface Change {
        void make() throws IOException;
    }

    private void change(Change change) throws IOException {
        try {
            change.make();
        } catch (ScratchFullException e) {
            throw new NoSpaceException(e.getMessage() + "; see --scratch and --scratch-size", e);
        }
    }

    @Override
    public void write(long offset, ByteBuffer source, boolean durable) throws IOException {
        change(() -> disk.write(offset, source));
    }

    @Override
    public void zero(long offset, long length, boolean keepAllocated, boolean durable) throws IOException {
        change(() -> disk.zero(offset, length, keepAllocated));
    }

    @Override
    public void trim(long offset, long length, boolean durable) {
        disk.trim(offset, length);
    }

    @Override
    public void flush() {
    }

    @Override
    public List<String> contexts() {
        return List.of(ALLOCATION);
    }

    @Override
    public void status(String context, long offset, long length, StatusReceiver receiver) throws IOException {
        new StatusRuns(disk::allocated, 0, HOLE | ZERO).tell(offset, length, receiver);
    }

    /// The disk is shared and stays open.
    @Override
    public void close() {
    }
}
