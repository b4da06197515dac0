package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DiskBlocks;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/// Where everything lies in an image that is written from its first byte to its last: the only order that a host takes.
///
/// | clusters        | what                                                                             |
/// |-----------------|----------------------------------------------------------------------------------|
/// | 1               | header, see [Qcow2Header]                                                        |
/// | `t`             | refcount table: where each refcount block begins                                 |
/// | `r`             | refcount blocks: 1 as 16 bits for each cluster of the file, these included       |
/// | 1 or more       | L1 table: where each L2 table begins; 0 if none of its clusters is stored        |
/// | 0 or more       | L2 tables, those with an entry that is not 0                                     |
/// | 0 or more       | data, in the order of the disk; what a stored cluster has beyond the disk is zero |
///
/// All of it follows from which clusters are stored, which must thus be known before the first byte leaves. Takes 1.5
/// bits of memory for each cluster of the disk. Immutable.
public final class Qcow2Layout {
    static final int CLUSTER_BITS = 16;

    /// How long a cluster is: what storage managers of hosts use, and what they import fastest.
    public static final int CLUSTER_BYTES = 1 << CLUSTER_BITS;

    static final int SECTOR_BYTES = 512;
    static final int TABLE_ENTRIES = CLUSTER_BYTES / Long.BYTES;
    static final int REFCOUNTS = CLUSTER_BYTES / Short.BYTES;

    private final Qcow2Header header;
    private final long[] stored; // one bit for each cluster of the disk
    private final int[] storedBefore; // clusters stored before each word of `stored`, and at the end all of them
    private final int[] tables; // the L1 entries that lead to a table, ascending
    private final int refcountBlocks;
    private final int l1Clusters;

    private Qcow2Layout(DiskBlocks clusters, Optional<BackingFile> backing) {
        if (clusters.blockBytes() != CLUSTER_BYTES) {
            throw new IllegalArgumentException("blocks of %d bytes, expected %d"
                    .formatted(clusters.blockBytes(), CLUSTER_BYTES));
        }
        this.stored = bits(clusters);
        this.storedBefore = ranks(stored);
        this.tables = tables();
        int l1Entries = Math.max(1, Math.ceilDiv(clusters.onDisk(), TABLE_ENTRIES)); // none at all counts as a leak
        this.l1Clusters = Math.ceilDiv(l1Entries, TABLE_ENTRIES);
        long others = 1L + l1Clusters + tables.length + storedClusters();
        int blocks = 1;
        int refcountClusters = 1;
        while (blocks < blocksFor(others + blocks + refcountClusters)) {
            blocks = blocksFor(others + blocks + refcountClusters);
            refcountClusters = Math.ceilDiv(blocks, TABLE_ENTRIES);
        }
        this.refcountBlocks = blocks;
        this.header = new Qcow2Header(3, CLUSTER_BITS, roundUp(clusters.size(), SECTOR_BYTES), l1Entries,
                (1L + refcountClusters + blocks) * CLUSTER_BYTES, CLUSTER_BYTES, refcountClusters,
                Qcow2Compression.DEFLATE, backing);
    }

    /// The layout of an image that stands for itself; what it does not store are zeros.
    ///
    /// @param clusters which clusters of the disk to store, blocks of [#CLUSTER_BYTES]
    public static Qcow2Layout of(DiskBlocks clusters) {
        return new Qcow2Layout(clusters, Optional.empty());
    }

    /// The layout of an image that is laid over another one; what it does not store is as it is there.
    ///
    /// @param clusters which clusters of the disk to store, blocks of [#CLUSTER_BYTES]: each one that changed, zeros too
    public static Qcow2Layout over(BackingFile backing, DiskBlocks clusters) {
        return new Qcow2Layout(clusters, Optional.of(backing));
    }

    private static long[] bits(DiskBlocks clusters) {
        var bits = new BitSet(clusters.onDisk());
        for (int i = clusters.next(0); i >= 0; i = clusters.next(i + 1)) {
            bits.set(i);
        }
        return Arrays.copyOf(bits.toLongArray(), Math.ceilDiv(clusters.onDisk(), Long.SIZE));
    }

    private static int[] ranks(long[] bits) {
        var before = new int[bits.length + 1];
        for (int i = 0; i < bits.length; i++) {
            before[i + 1] = before[i] + Long.bitCount(bits[i]);
        }
        return before;
    }

    private int[] tables() {
        int words = TABLE_ENTRIES / Long.SIZE;
        var found = new BitSet();
        for (int i = 0; i < stored.length; i++) {
            if (stored[i] != 0) {
                found.set(i / words);
            }
        }
        return found.stream().toArray();
    }

    private static int blocksFor(long clusters) {
        return Math.toIntExact(Math.ceilDiv(clusters, (long) REFCOUNTS));
    }

    static long roundUp(long value, long alignment) {
        return Math.ceilDiv(value, alignment) * alignment;
    }

    /// The size in bytes of the disk that the image shows: as given, rounded up to a multiple of 512. A host
    /// that imports the image writes whole clusters, so its disk must reach to the end of the last one.
    public long diskBytes() {
        return header.diskBytes();
    }

    /// How long the image will be, in bytes.
    public long fileBytes() {
        return (metadataClusters() + (long) storedClusters()) * CLUSTER_BYTES;
    }

    /// Whether the cluster `index` of the disk is stored.
    boolean stores(int index) {
        return index >> 6 < stored.length && (stored[index >> 6] >>> index & 1) != 0;
    }

    /// Where in the file the cluster `index` of the disk lies, which must be stored.
    long position(int index) {
        return (metadataClusters() + (long) storedBefore(index)) * CLUSTER_BYTES;
    }

    private int storedBefore(int index) {
        return storedBefore[index >> 6] + Long.bitCount(stored[index >> 6] & (1L << index) - 1);
    }

    private int storedClusters() {
        return storedBefore[stored.length];
    }

    /// How many clusters of the file lie before the data.
    int metadataClusters() {
        return firstTable() + tables.length;
    }

    private int firstBlock() {
        return 1 + header.refcountTableClusters();
    }

    private int firstOfL1() {
        return firstBlock() + refcountBlocks;
    }

    private int firstTable() {
        return firstOfL1() + l1Clusters;
    }

    /// The content of the cluster `index` of the file, one of those before the data.
    byte[] metadata(int index) {
        if (index == 0) {
            return header.encode();
        }
        if (index < firstBlock()) {
            return refcountTable(index - 1);
        }
        if (index < firstOfL1()) {
            return refcounts(index - firstBlock());
        }
        return index < firstTable() ? l1(index - firstOfL1()) : l2(index - firstTable());
    }

    private byte[] refcountTable(int part) {
        var out = ByteBuffer.allocate(CLUSTER_BYTES);
        int block = part * TABLE_ENTRIES;
        while (out.hasRemaining() && block < refcountBlocks) {
            out.putLong((firstBlock() + (long) block) * CLUSTER_BYTES);
            block++;
        }
        return out.array();
    }

    private byte[] refcounts(int block) {
        var out = ByteBuffer.allocate(CLUSTER_BYTES);
        long left = fileBytes() / CLUSTER_BYTES - (long) block * REFCOUNTS;
        for (long i = Math.min(left, REFCOUNTS); i > 0; i--) {
            out.putShort((short) 1);
        }
        return out.array();
    }

    private byte[] l1(int part) {
        var out = ByteBuffer.allocate(CLUSTER_BYTES);
        int from = part * TABLE_ENTRIES;
        int at = Arrays.binarySearch(tables, from);
        for (int i = at < 0 ? -at - 1 : at; i < tables.length && tables[i] - from < TABLE_ENTRIES; i++) {
            out.putLong((tables[i] - from) * Long.BYTES,
                    (firstTable() + (long) i) * CLUSTER_BYTES | Qcow2Header.COPIED);
        }
        return out.array();
    }

    private byte[] l2(int table) {
        var out = ByteBuffer.allocate(CLUSTER_BYTES);
        int from = tables[table] * TABLE_ENTRIES;
        for (int i = 0; i < TABLE_ENTRIES; i++) {
            out.putLong(stores(from + i) ? position(from + i) | Qcow2Header.COPIED : 0);
        }
        return out.array();
    }
}
