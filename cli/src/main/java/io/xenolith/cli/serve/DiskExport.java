package io.xenolith.cli.serve;

import io.xenolith.engine.restore.MappedDisk;
import io.xenolith.nbd.server.Export;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// A disk of a restore point as one connection sees it.
final class DiskExport implements Export {

    private final ServedDisk served;
    private final OpenDisks open;
    private final MappedDisk disk;
    private final ReadAhead ahead;
    private final ChangedSince changed;

    /// @param background decodes what the client will ask for
    DiskExport(ServedDisk served, OpenDisks open, ChangedSince changed, Executor background) throws IOException {
        this.served = served;
        this.open = open;
        this.disk = open.open(served);
        this.ahead = new ReadAhead(disk, open, background);
        this.changed = changed;
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public String description() {
        return served.description();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        ahead.reading(offset, target.remaining());
        open.read(disk, offset, target);
    }

    @Override
    public void prefetch(long offset, long length) {
        ahead.announced(offset);
    }

    @Override
    public List<String> contexts() {
        var all = new ArrayList<>(List.of(ALLOCATION));
        try {
            all.addAll(changed.newest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    @Override
    public boolean hasContext(String context) {
        try {
            return context.equals(ALLOCATION) || changed.has(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void status(String context, long offset, long length, StatusReceiver receiver) throws IOException {
        if (context.equals(ALLOCATION)) {
            new StatusRuns(disk::allocated, 0, HOLE | ZERO).tell(offset, length, receiver);
        } else {
            changed.tell(context, offset, length, receiver);
        }
    }

    /// The disk is shared and stays open.
    @Override
    public void close() {
    }
}
