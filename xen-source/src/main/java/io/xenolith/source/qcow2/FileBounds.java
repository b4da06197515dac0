package io.xenolith.source.qcow2;

import java.util.Arrays;

/// What entries of a table may say: where in the file something else than a header or a table can lie. Immutable.
final class FileBounds {
    private static final long L1_RESERVED = ~(Qcow2Header.COPIED | Mapping.OFFSET_BITS);
    private static final long L2_RESERVED = ~(Qcow2Header.COPIED | Qcow2Header.COMPRESSED | Mapping.OFFSET_BITS | 1);

    private final String image;
    private final Qcow2Header header;
    private final long fileBytes;
    private final long[] tables; // offsets of the L2 tables, ascending

    /// @param l1 the entries of the L1 table that the disk needs
    /// @throws Qcow2Exception if the L1 table or one of the tables it leads to lies where it cannot be
    FileBounds(String image, Qcow2Header header, long fileBytes, long[] l1) throws Qcow2Exception {
        this.image = image;
        this.header = header;
        this.fileBytes = fileBytes;
        this.tables = Arrays.stream(l1).map(entry -> entry & Mapping.OFFSET_BITS).filter(offset -> offset != 0)
                .sorted().toArray();
        if (header.refcountTableOffset() > fileBytes - refcountTableBytes()) {
            throw Qcow2Exception.damaged(image, 48, "the refcount table at byte %d is not within the %d bytes of the file"
                    .formatted(header.refcountTableOffset(), fileBytes));
        }
        if (touchesRefcountTable(header.l1Offset(), header.l1Offset() + l1Bytes())) {
            throw Qcow2Exception.damaged(image, 40, "the L1 table at byte %d and the refcount table at byte %d overlap"
                    .formatted(header.l1Offset(), header.refcountTableOffset()));
        }
        for (int i = 0; i < l1.length; i++) {
            requireTable(i, l1[i]);
        }
    }

    /// Where the entry `index` of the L1 table lies.
    static long l1EntryOffset(Qcow2Header header, int index) {
        return header.l1Offset() + (long) index * Long.BYTES;
    }

    private void requireTable(int index, long entry) throws Qcow2Exception {
        long at = l1EntryOffset(header, index);
        long offset = entry & Mapping.OFFSET_BITS;
        need((entry & L1_RESERVED) == 0, at, "L1 entry", index, entry, "reserved bits are set");
        if (offset == 0) {
            return;
        }
        need(offset % header.clusterBytes() == 0, at, "L1 entry", index, entry, "it leads to the middle of a cluster");
        need(offset <= fileBytes - header.clusterBytes(), at, "L1 entry", index, entry,
                "its L2 table is not within the %d bytes of the file".formatted(fileBytes));
        need(!touchesHeaderOrTopTables(offset, offset + header.clusterBytes()), at, "L1 entry", index, entry,
                "its L2 table lies in the header, the L1 table or the refcount table");
        int found = Arrays.binarySearch(tables, offset);
        boolean twice = found > 0 && tables[found - 1] == offset
                || found + 1 < tables.length && tables[found + 1] == offset;
        need(!twice, at, "L1 entry", index, entry, "another entry leads to the same L2 table");
    }

    /// Checks the entry of an L2 table for the cluster `cluster` of the disk.
    ///
    /// @param at where the entry lies in the file
    void requireCluster(long cluster, long at, long entry) throws Qcow2Exception {
        if (entry == 0) {
            return;
        }
        if ((entry & Qcow2Header.COMPRESSED) != 0) {
            need(entry >= 0, at, "L2 entry of cluster", cluster, entry, "it is compressed and marked as used once");
        } else {
            need((entry & L2_RESERVED) == 0, at, "L2 entry of cluster", cluster, entry, "reserved bits are set");
            need((entry & Mapping.OFFSET_BITS) % header.clusterBytes() == 0, at, "L2 entry of cluster", cluster, entry,
                    "it leads to the middle of a cluster");
            need((entry & 1) == 0 || header.version() > 2, at, "L2 entry of cluster", cluster, entry,
                    "a zero cluster, which version 2 does not know");
        }
        switch (Mapping.of(entry, header.clusterBits())) {
            case Mapping.Hole _, Mapping.Zeros _ -> { }
            case Mapping.Plain(long offset) -> requirePlace(cluster, at, entry, offset, offset + onDisk(cluster),
                    offset + header.clusterBytes());
            case Mapping.Packed(long offset, long end) -> requirePlace(cluster, at, entry, offset, offset + 1, end);
        }
    }

    /// @param needed where the file may end at the earliest
    private void requirePlace(long cluster, long at, long entry, long offset, long needed, long end)
            throws Qcow2Exception {
        need(needed <= fileBytes, at, "L2 entry of cluster", cluster, entry,
                "it leads to byte %d, not within the %d bytes of the file".formatted(offset, fileBytes));
        need(!touchesHeaderOrTopTables(offset, end) && !touchesTable(offset, end), at, "L2 entry of cluster",
                cluster, entry, "it leads into the header or a table");
    }

    /// How many bytes of a cluster are on the disk; what lies behind, writers may leave out at the end of the file.
    int onDisk(long cluster) {
        return (int) Math.min(header.clusterBytes(), header.diskBytes() - (cluster << header.clusterBits()));
    }

    private boolean touchesHeaderOrTopTables(long from, long end) {
        return from < header.clusterBytes()
                || overlaps(from, end, header.l1Offset(), l1Bytes())
                || touchesRefcountTable(from, end);
    }

    private boolean touchesRefcountTable(long from, long end) {
        return overlaps(from, end, header.refcountTableOffset(), refcountTableBytes());
    }

    private long refcountTableBytes() {
        return Integer.toUnsignedLong(header.refcountTableClusters()) << header.clusterBits();
    }

    private long l1Bytes() {
        return Integer.toUnsignedLong(header.l1Entries()) * Long.BYTES;
    }

    private static boolean overlaps(long from, long end, long other, long otherLength) {
        return from < other + otherLength && other < end;
    }

    private boolean touchesTable(long from, long end) {
        int found = Arrays.binarySearch(tables, from);
        int next = found < 0 ? -found - 1 : found;
        return next < tables.length && tables[next] < end
                || next > 0 && tables[next - 1] + header.clusterBytes() > from;
    }

    private void need(boolean kept, long at, String kind, long index, long entry, String otherwise)
            throws Qcow2Exception {
        if (!kept) {
            throw Qcow2Exception.damaged(image, at, "%s %d is %#x: %s".formatted(kind, index, entry, otherwise));
        }
    }
}
