package io.xenolith.repository.storage;

import static java.nio.file.StandardOpenOption.READ;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// The channels that were read from last, kept open because opening costs more than a small read. Safe for use by several
/// threads, which may use one channel at the same time; it is closed only when the last of them is done with it.
///
/// A channel is shared only if no path was forgotten while it was being opened. So once [#forget] returns, nobody gets a
/// channel on what the path was before.
final class OpenChannels implements Closeable {

    private final int limit;

    // guarded by this, as are the fields of Shared; the monitor is never held across I/O
    private final LinkedHashMap<Path, Shared> byLastUse = new LinkedHashMap<>(16, 0.75f, true);
    private long forgotten;
    private boolean closed;

    /// @param limit how many channels stay open that nobody uses
    OpenChannels(int limit) {
        this.limit = limit;
    }

    /// A channel to read `path` with, until it is closed.
    Shared borrow(Path path) throws IOException {
        long forgottenBefore;
        synchronized (this) {
            requireOpen();
            var open = byLastUse.get(path);
            if (open != null) {
                open.users++;
                return open;
            }
            forgottenBefore = forgotten;
        }
        var opened = new Shared(FileChannel.open(path, READ));
        var eldest = share(path, opened, forgottenBefore);
        if (eldest != null) {
            eldest.channel.close();
        }
        return opened;
    }

    /// Lets others use `opened` too. Returns what has to be closed to make room for it, or null.
    private synchronized Shared share(Path path, Shared opened, long forgottenBefore) {
        if (closed || forgotten != forgottenBefore || byLastUse.containsKey(path)) {
            opened.retired = true; // good for this one borrower, closed after it
            return null;
        }
        byLastUse.put(path, opened);
        return byLastUse.size() > limit ? retire(byLastUse.pollFirstEntry().getValue()) : null;
    }

    /// Returns the channel if it can be closed at once; otherwise its last user does.
    private static Shared retire(Shared shared) {
        shared.retired = true;
        return shared.users == 0 ? shared : null;
    }

    /// Lets nobody borrow what is open on `path` any more.
    void forget(Path path) throws IOException {
        Shared idle;
        synchronized (this) {
            forgotten++;
            var open = byLastUse.remove(path);
            idle = open == null ? null : retire(open);
        }
        if (idle != null) {
            idle.channel.close();
        }
    }

    @Override
    public void close() throws IOException {
        for (var idle : retireAll()) {
            idle.channel.close();
        }
    }

    private synchronized List<Shared> retireAll() {
        closed = true;
        var idle = new ArrayList<Shared>();
        for (var shared : byLastUse.values()) {
            if (retire(shared) != null) {
                idle.add(shared);
            }
        }
        byLastUse.clear();
        return idle;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the storage is closed");
        }
    }

    /// A channel and how many read from it now.
    final class Shared implements Closeable {
        final FileChannel channel;
        private int users = 1;
        private boolean retired;

        private Shared(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            boolean last;
            synchronized (OpenChannels.this) {
                users--;
                last = retired && users == 0;
            }
            if (last) {
                channel.close();
            }
        }
    }
}
