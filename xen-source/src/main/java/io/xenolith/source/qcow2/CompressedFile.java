package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DiskTarget;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// The file of an image whose clusters come one after the other, in the order of the disk, with lengths that nobody
/// knows beforehand. For use by one thread.
///
/// ```text
///   cluster 0        1                2 ...                                      32768
///   +--------+------------------+---------------------------------------------+------------------+-- --+----+----------+
///   | header | refcount block 0 |  packed clusters, plain clusters, L2 tables | refcount block 1 | ... | L1 | refcount |
///   +--------+------------------+---------------------------------------------+------------------+-- --+----+--table---+
/// ```
/// - **Refcount blocks** lie at the beginning of the stretch that they count (the first one, behind the header), so
///   that each is written as soon as its stretch is full, and only one is in memory.
/// - **L2 tables** follow the last cluster that they map; only one is in memory.
/// - **Packed clusters** lie one behind the other and across the clusters of the file; what no other one fits behind
///   stays unused. Each adds 1 to the refcount of every cluster of the file that one of its 512-byte sectors lies in.
final class CompressedFile implements Closeable {
    private static final int CLUSTER_BYTES = Qcow2Layout.CLUSTER_BYTES;
    private static final int ENTRIES = Qcow2Layout.TABLE_ENTRIES;
    private static final int REFCOUNTS = Qcow2Layout.REFCOUNTS;

    private final DiskTarget file;
    private final long diskBytes;
    private final Qcow2Compression compression;
    private final long[] l1;
    private final ByteBuffer l2 = ByteBuffer.allocate(CLUSTER_BYTES);
    private int table; // the L1 entry that `l2` is for
    private boolean tableUsed;
    private final short[] refcounts = new short[REFCOUNTS];
    private int refcountBlock; // which one `refcounts` is
    private long end = 2; // in clusters: behind everything there is
    private long packed; // in bytes: where the next packed cluster may go
    private long packedEnd; // in bytes: the end of the last cluster that packed ones lie in

    CompressedFile(DiskTarget file, long diskBytes, Qcow2Compression compression) {
        this.file = file;
        this.diskBytes = diskBytes;
        this.compression = compression;
        this.l1 = new long[Math.max(1, Math.toIntExact(Math.ceilDiv(diskBytes, (long) CLUSTER_BYTES * ENTRIES)))];
        refcounts[0] = 1;
        refcounts[1] = 1;
    }

    /// A cluster of the disk takes one of the file at most, whichever way it is stored: so all of them, their tables,
    /// the refcount blocks, and what is left unused where a table does not fit before a refcount block.
    static long maxBytes(long diskBytes) {
        long clusters = Math.ceilDiv(diskBytes, (long) CLUSTER_BYTES);
        long tables = Math.ceilDiv(clusters, (long) ENTRIES);
        long l1Clusters = Math.max(1, Math.ceilDiv(tables, (long) ENTRIES));
        long counted = 2 + clusters + tables + 2 * l1Clusters;
        long blocks = Math.ceilDiv(counted, (long) REFCOUNTS - 1) + 1;
        long refcountTable = Math.ceilDiv(blocks, (long) ENTRIES) + 1;
        return (counted + blocks + 2 * refcountTable) * CLUSTER_BYTES;
    }

    /// How long the image is, up to now.
    long bytes() {
        return end * CLUSTER_BYTES;
    }

    /// Adds a cluster of the disk, behind those added before.
    ///
    /// @param bytes packed, or plain if they are as long as a cluster
    void add(int index, byte[] bytes) throws IOException {
        if (index / ENTRIES != table) {
            finishTable();
            table = index / ENTRIES;
        }
        l2.putLong(index % ENTRIES * Long.BYTES, bytes.length == CLUSTER_BYTES ? addPlain(bytes) : addPacked(bytes));
        tableUsed = true;
    }

    private long addPlain(byte[] bytes) throws IOException {
        long at = allocate(1) * CLUSTER_BYTES;
        file.write(at, ByteBuffer.wrap(bytes));
        return at | Qcow2Header.COPIED;
    }

    private long addPacked(byte[] bytes) throws IOException {
        long at = placePacked(bytes.length);
        for (long i = at / CLUSTER_BYTES; i <= (at + bytes.length - 1) / CLUSTER_BYTES; i++) {
            refcounts[(int) (i % REFCOUNTS)]++;
        }
        file.write(at, ByteBuffer.wrap(bytes));
        return Mapping.packedEntry(at, bytes.length, Qcow2Layout.CLUSTER_BITS);
    }

    private long placePacked(int length) throws IOException {
        if (packed + length > packedEnd) {
            boolean goesOn = packedEnd == bytes() && end % REFCOUNTS != 0;
            long next = allocate(1);
            refcounts[(int) (next % REFCOUNTS)] = 0; // counted by who lies in it
            packed = goesOn ? packed : next * CLUSTER_BYTES;
            packedEnd = (next + 1) * CLUSTER_BYTES;
        }
        long at = packed;
        packed += length;
        return at;
    }

    /// Takes `clusters` that follow each other, counts them once, and returns the first of them.
    private long allocate(int clusters) throws IOException {
        long inBlock = end % REFCOUNTS;
        if (inBlock == 0 || inBlock + clusters > REFCOUNTS) {
            nextRefcountBlock();
        }
        long first = end;
        end += clusters;
        Arrays.fill(refcounts, (int) (first % REFCOUNTS), (int) (first % REFCOUNTS) + clusters, (short) 1);
        return first;
    }

    private void nextRefcountBlock() throws IOException {
        writeRefcounts();
        refcountBlock++;
        Arrays.fill(refcounts, (short) 0);
        refcounts[0] = 1;
        end = (long) refcountBlock * REFCOUNTS + 1;
        packed = 0; // what lies before is counted and written
        packedEnd = 0;
    }

    private void finishTable() throws IOException {
        if (tableUsed) {
            l1[table] = allocate(1) * CLUSTER_BYTES | Qcow2Header.COPIED;
            file.write(l1[table] & ~Qcow2Header.COPIED, ByteBuffer.wrap(l2.array().clone()));
            Arrays.fill(l2.array(), (byte) 0);
            tableUsed = false;
        }
    }

    private void writeRefcounts() throws IOException {
        var out = ByteBuffer.allocate(CLUSTER_BYTES);
        out.asShortBuffer().put(refcounts);
        file.write(refcountBlockOffset(refcountBlock), out);
    }

    private static long refcountBlockOffset(int block) {
        return block == 0 ? CLUSTER_BYTES : (long) block * REFCOUNTS * CLUSTER_BYTES;
    }

    /// Writes what is left, the header last, and commits the file.
    void finish() throws IOException {
        finishTable();
        int l1Clusters = Math.ceilDiv(l1.length, ENTRIES);
        long l1Offset = allocate(l1Clusters) * CLUSTER_BYTES;
        writeTable(l1Offset, l1, l1Clusters);
        int tableClusters = Math.ceilDiv(refcountBlock + 2, ENTRIES); // one block may come with this table itself
        long tableOffset = allocate(tableClusters) * CLUSTER_BYTES;
        var blocks = new long[refcountBlock + 1];
        Arrays.setAll(blocks, CompressedFile::refcountBlockOffset);
        writeTable(tableOffset, blocks, tableClusters);
        writeRefcounts();
        var header = new Qcow2Header(3, Qcow2Layout.CLUSTER_BITS, diskBytes, l1.length, l1Offset, tableOffset,
                tableClusters, compression, Optional.empty());
        file.write(0, ByteBuffer.wrap(header.encode()));
        file.commit();
    }

    private void writeTable(long offset, long[] entries, int clusters) throws IOException {
        var out = ByteBuffer.allocate(clusters * CLUSTER_BYTES);
        out.asLongBuffer().put(entries);
        file.write(offset, out);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
