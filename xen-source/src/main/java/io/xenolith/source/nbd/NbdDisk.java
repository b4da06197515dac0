package io.xenolith.source.nbd;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.nbd.client.NbdClient;
import io.xenolith.nbd.protocol.StatusChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// An export of an NBD server, read as a disk. Safe for use by several threads.
///
/// The engine reads region by region, a region by one thread and in order. So when a region is begun, what is wanted of it is
/// asked for ahead, as far as the read-ahead allows, and waits in memory.
public final class NbdDisk implements DiskSource {

    /// A dirty bitmap's flag for bytes that changed.
    private static final int DIRTY = 1;

    private static final int REGIONS_AHEAD = 8; // as many threads as may be in work on one disk
    private static final int MAX_EXTENTS = 1 << 16; // in one answer; bounds what a shattered export takes

    private final NbdClient client;
    private final Extents wanted;
    private final int readAhead;
    private final ExecutorService readers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("nbd-ahead-", 0).factory());

    /// By the offset of the region; guarded by itself.
    private final Map<Long, RegionAhead> ahead = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, RegionAhead> eldest) {
            if (size() > REGIONS_AHEAD) {
                eldest.getValue().close();
                return true;
            }
            return false;
        }
    };

    private NbdDisk(NbdClient client, Extents wanted, int readAhead) {
        this.client = client;
        this.wanted = wanted;
        this.readAhead = readAhead;
    }

    /// The whole disk.
    ///
    /// @param client    belongs to the disk from now on
    /// @param readAhead bytes to ask for ahead of each thread that reads
    public static NbdDisk whole(NbdClient client, int readAhead) {
        return new NbdDisk(client, Extents.between(0, client.export().size()), readAhead);
    }

    /// A disk of which only some bytes will be asked for in order, such as those that changed.
    ///
    /// @param client    belongs to the disk from now on
    /// @param readAhead bytes to ask for ahead of each thread that reads
    public static NbdDisk expecting(Extents extents, NbdClient client, int readAhead) {
        return new NbdDisk(client, extents, readAhead);
    }

    @Override
    public long size() {
        return client.export().size();
    }

    /// What a dirty bitmap says has changed.
    ///
    /// @param context the bitmap's, which the client must have asked for
    public static Extents dirty(NbdClient client, String context) throws IOException {
        var dirty = new ArrayList<Extent>();
        long size = client.export().size();
        if (size > 0) {
            client.status(context, 0, size, (offset, length, flags) -> {
                if ((flags & DIRTY) != 0) {
                    add(dirty, offset, length);
                }
            });
        }
        return Extents.of(dirty);
    }

    /// As the server says; all of `extent` where it says nothing, or too much.
    @Override
    public Extents allocated(Extent extent) throws IOException {
        if (!client.export().contexts().contains(StatusChunk.ALLOCATION)) {
            return Extents.of(extent);
        }
        var data = new ArrayList<Extent>();
        client.status(StatusChunk.ALLOCATION, extent.offset(), extent.length(), (offset, length, flags) -> {
            if ((flags & StatusChunk.ZERO) == 0) {
                add(data, offset, length);
            }
        });
        return data.size() > MAX_EXTENTS ? Extents.of(extent) : Extents.of(data);
    }

    private static void add(ArrayList<Extent> extents, long offset, long length) {
        if (!extents.isEmpty() && extents.getLast().end() == offset) {
            extents.set(extents.size() - 1, Extent.between(extents.getLast().offset(), offset + length));
        } else {
            extents.add(new Extent(offset, length));
        }
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        long end = offset + target.remaining();
        boolean inOrder = offset / Chunking.REGION_BYTES == (end - 1) / Chunking.REGION_BYTES
                && wanted.runFrom(offset, target.remaining()) > 0;
        if (inOrder && readAhead > 0) {
            region(offset).read(offset, target);
        } else {
            client.read(offset, target);
        }
    }

    private RegionAhead region(long offset) throws IOException {
        long start = offset / Chunking.REGION_BYTES * Chunking.REGION_BYTES;
        synchronized (ahead) {
            var known = ahead.get(start);
            if (known != null && known.canServe(offset)) {
                return known;
            }
        }
        var region = Extent.between(offset, Math.min(size(), start + Chunking.REGION_BYTES));
        var fresh = new RegionAhead(client, readers, wanted.within(offset, region.end()).intersect(allocated(region)), readAhead);
        synchronized (ahead) {
            var old = ahead.put(start, fresh);
            if (old != null) {
                old.close();
            }
        }
        return fresh;
    }

    @Override
    public void close() throws IOException {
        synchronized (ahead) {
            ahead.values().forEach(RegionAhead::close);
            ahead.clear();
        }
        readers.shutdownNow();
        client.close();
    }
}
