package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DiskSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which cluster of the disk is where in the file. The L1 table is in memory; L2 tables are read when they are asked for
/// and kept, the latest ones up to [#CACHE_BYTES]. Safe for use by several threads.
final class ClusterMap {
    private static final int CACHE_BYTES = 16 << 20; // with clusters of 64 KiB, the tables of 128 GiB of disk
    private static final int READ_BYTES = 1 << 20;

    private final String image;
    private final DiskSource file;
    private final Qcow2Header header;
    private final long[] l1;
    private final FileBounds bounds;

    /// Guarded by itself; never held across I/O.
    private final LinkedHashMap<Integer, long[]> latest = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, long[]> eldest) {
            return (long) size() * header.clusterBytes() > CACHE_BYTES;
        }
    };

    private ClusterMap(String image, DiskSource file, Qcow2Header header, long[] l1) throws Qcow2Exception {
        this.image = image;
        this.file = file;
        this.header = header;
        this.l1 = l1;
        this.bounds = new FileBounds(image, header, file.size(), l1);
    }

    /// Reads the L1 table and checks it.
    static ClusterMap open(String image, DiskSource file, Qcow2Header header) throws IOException {
        long needed = (long) header.tables() * Long.BYTES;
        if (header.l1Offset() > file.size() - needed) {
            throw Qcow2Exception.damaged(image, 40, "the L1 table of %d bytes at byte %d is not within the %d bytes of the"
                    .formatted(needed, header.l1Offset(), file.size()) + " file");
        }
        return new ClusterMap(image, file, header, readEntries(file, header.l1Offset(), header.tables()));
    }

    /// How many L2 tables the disk has, in the image or not.
    int tables() {
        return l1.length;
    }

    /// The first cluster that the entry `table` of the L1 table stands for.
    long firstCluster(int table) {
        return (long) table * header.tableEntries();
    }

    /// How many clusters of the disk the entry `table` of the L1 table stands for.
    int clustersOf(int table) {
        return (int) Math.min(header.tableEntries(), header.clusters() - firstCluster(table));
    }

    /// Whether the image has an L2 table for the entry `table` of the L1 table; if not, all its clusters are holes.
    boolean has(int table) {
        return (l1[table] & Mapping.OFFSET_BITS) != 0;
    }

    /// The first cluster behind `cluster` that may be mapped otherwise than `cluster` is: the next one, or that behind all
    /// those that have no L2 table together with it.
    long nextToAsk(long cluster) {
        int table = (int) (cluster / header.tableEntries());
        return has(table) ? cluster + 1 : firstCluster(table) + clustersOf(table);
    }

    /// Where the cluster `cluster` of the disk is.
    ///
    /// @throws Qcow2Exception if an entry of its L2 table is wrong, this one or another
    Mapping at(long cluster) throws IOException {
        int table = (int) (cluster / header.tableEntries());
        if (!has(table)) {
            return Mapping.HOLE;
        }
        return Mapping.of(table(table)[(int) (cluster % header.tableEntries())], header.clusterBits());
    }

    private long[] table(int index) throws IOException {
        synchronized (latest) {
            var known = latest.get(index);
            if (known != null) {
                return known;
            }
        }
        var read = readTable(index);
        synchronized (latest) {
            latest.put(index, read);
        }
        return read;
    }

    private long[] readTable(int index) throws IOException {
        long offset = l1[index] & Mapping.OFFSET_BITS;
        var entries = readEntries(file, offset, header.tableEntries());
        requireRight(index, offset, entries);
        return entries;
    }

    private void requireRight(int index, long offset, long[] entries) throws Qcow2Exception {
        for (int i = 0; i < clustersOf(index); i++) {
            bounds.requireCluster(firstCluster(index) + i, offset + (long) i * Long.BYTES, entries[i]);
        }
    }

    private static long[] readEntries(DiskSource file, long offset, int count) throws IOException {
        var entries = new long[count];
        var in = ByteBuffer.allocate(Math.min(READ_BYTES, count * Long.BYTES));
        for (int done = 0; done < count; done += in.limit() / Long.BYTES) {
            in.clear().limit(Math.min(in.capacity(), (count - done) * Long.BYTES));
            file.read(offset + (long) done * Long.BYTES, in);
            in.flip().asLongBuffer().get(entries, done, in.limit() / Long.BYTES);
        }
        return entries;
    }

    /// Fills `cluster` with what `place` holds, unpacked.
    void unpack(Mapping.Packed place, Qcow2Compression compression, byte[] cluster) throws IOException {
        var packed = ByteBuffer.allocate((int) (Math.min(place.end(), file.size()) - place.offset()));
        file.read(place.offset(), packed);
        try {
            compression.decompress(packed.array(), cluster);
        } catch (IOException e) {
            throw Qcow2Exception.damaged(image, place.offset(), "a compressed cluster cannot be unpacked: "
                    + e.getMessage(), e);
        }
    }
}
