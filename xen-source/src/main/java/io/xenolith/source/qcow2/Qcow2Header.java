package io.xenolith.source.qcow2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The beginning of an image, in its first cluster.
///
/// | offset | bytes | field                     | read here                                    | written here         |
/// |-------:|------:|---------------------------|----------------------------------------------|----------------------|
/// |      0 |     4 | magic                     | `QFI` and 0xFB                               | the same             |
/// |      4 |     4 | version                   | 2 or 3                                       | 3                    |
/// |      8 |     8 | backing file name, offset | 0 for none, else within the first cluster    | behind the extensions |
/// |     16 |     4 | backing file name, length | at most 1023                                 |                      |
/// |     20 |     4 | cluster bits              | 9 to 21                                      | 16                   |
/// |     24 |     8 | disk size in bytes        | at most 2^56                                 | a multiple of 512    |
/// |     32 |     4 | encryption method         | 0                                            | 0                    |
/// |     36 |     4 | L1 table, entries         | enough for the disk, at most [#MAX_L1_BYTES] | just enough          |
/// |     40 |     8 | L1 table, offset          | a multiple of the cluster size, if it has any |                     |
/// |     48 |     8 | refcount table, offset    | a multiple of the cluster size               |                      |
/// |     56 |     4 | refcount table, clusters  |                                              |                      |
/// |     60 |    12 | snapshots, count, offset  | passed over                                  | 0                    |
/// |     72 |     8 | incompatible features     | bit 3 (compression method) only              | bit 3 with zstd      |
/// |     80 |    16 | other features            | passed over                                  | 0                    |
/// |     96 |     4 | refcount order            | at most 6                                    | 4                    |
/// |    100 |     4 | header length             | 104 at least, a multiple of 8                | 112                  |
/// |    104 |     1 | compression method        | 0 deflate, 1 zstd, if the header is that long | the same            |
///
/// Version 2 ends at byte 72. Extensions follow, each of a type (4 bytes), a length (4 bytes) and that many bytes,
/// padded to a multiple of 8, up to one of type 0.
///
/// @param diskBytes the size of the disk
/// @param l1Offset where the L1 table begins
/// @param refcountTableOffset where the refcount table begins
record Qcow2Header(int version, int clusterBits, long diskBytes, int l1Entries, long l1Offset,
        long refcountTableOffset, int refcountTableClusters, Qcow2Compression compression,
        Optional<BackingFile> backing) {

    /// As many bytes as say how long the first cluster is.
    static final int FIXED_BYTES = 72;

    static final long MAX_DISK_BYTES = 1L << 56;
    static final long MAX_L1_BYTES = 64L << 20; // with clusters of 64 KiB, enough for 4 PiB
    static final int MAGIC = 0x514649fb;

    /// In an L1 or L2 entry: nothing else leads to the cluster.
    static final long COPIED = 1L << 63;
    /// In an L2 entry: the cluster is compressed.
    static final long COMPRESSED = 1L << 62;

    private static final int MIN_CLUSTER_BITS = 9;
    private static final int MAX_CLUSTER_BITS = 21;
    private static final int VERSION_3_BYTES = 104;
    private static final int WRITTEN_BYTES = 112; // as qemu and hosts write it
    private static final int REFCOUNT_ORDER = 4; // refcounts of 16 bits, as all versions of all tools know them
    private static final int MAX_REFCOUNT_ORDER = 6;
    private static final int EXTENSION_END = 0;
    private static final int EXTENSION_BACKING_FORMAT = 0xe2792aca;

    private static final long DIRTY = 1;
    private static final long CORRUPT = 1 << 1;
    private static final long EXTERNAL_DATA = 1 << 2;
    private static final long COMPRESSION_METHOD = 1 << 3;
    private static final long EXTENDED_L2 = 1 << 4;

    int clusterBytes() {
        return 1 << clusterBits;
    }

    /// How many entries a table of one cluster has.
    int tableEntries() {
        return clusterBytes() / Long.BYTES;
    }

    /// How many clusters the disk has, in the image or not.
    long clusters() {
        return Math.ceilDiv(diskBytes, (long) clusterBytes());
    }

    /// How many L2 tables it takes for all of the disk.
    int tables() {
        return Math.toIntExact(Math.ceilDiv(clusters(), (long) tableEntries()));
    }

    /// The first cluster as it is written: version 3, zeros behind the last field.
    byte[] encode() {
        var out = ByteBuffer.allocate(clusterBytes());
        out.putInt(0, MAGIC).putInt(4, version).putInt(20, clusterBits).putLong(24, diskBytes)
                .putInt(36, l1Entries).putLong(40, l1Offset)
                .putLong(48, refcountTableOffset).putInt(56, refcountTableClusters)
                .putLong(72, compression == Qcow2Compression.DEFLATE ? 0 : COMPRESSION_METHOD)
                .putInt(96, REFCOUNT_ORDER).putInt(100, WRITTEN_BYTES)
                .put(104, (byte) compression.ordinal());
        backing.ifPresent(file -> encodeBacking(out.position(WRITTEN_BYTES), file));
        return out.array();
    }

    private static void encodeBacking(ByteBuffer out, BackingFile file) {
        file.format().ifPresent(format -> {
            var bytes = format.getBytes(StandardCharsets.UTF_8);
            out.putInt(EXTENSION_BACKING_FORMAT).putInt(bytes.length).put(bytes);
            out.position(Math.ceilDiv(out.position(), 8) * 8);
        });
        out.putInt(EXTENSION_END).putInt(0);
        var name = file.name().getBytes(StandardCharsets.UTF_8);
        out.putLong(8, out.position()).putInt(16, name.length);
        out.put(name);
    }

    /// How long the first cluster is, from its first [#FIXED_BYTES].
    static int clusterBytes(String image, byte[] fixed) throws Qcow2Exception {
        var in = ByteBuffer.wrap(fixed);
        if (in.getInt(0) != MAGIC) {
            throw Qcow2Exception.damaged(image, 0, "this is no qcow2 image, expected it to begin with QFI and 0xFB");
        }
        require(in.getInt(4) == 2 || in.getInt(4) == 3, image, 4, "version %s, expected 2 or 3", in.getInt(4));
        int bits = in.getInt(20);
        require(bits >= MIN_CLUSTER_BITS && bits <= MAX_CLUSTER_BITS, image, 20,
                "clusters of 2^%s bytes, expected 2^9 to 2^21", bits);
        return 1 << bits;
    }

    /// Decodes the first cluster, whole, and believes nothing it has not checked.
    static Qcow2Header decode(String image, byte[] cluster) throws Qcow2Exception {
        return new Decoding(image, cluster).header();
    }

    private static void require(boolean kept, String image, long offset, String otherwise, Object found)
            throws Qcow2Exception {
        if (!kept) {
            throw Qcow2Exception.damaged(image, offset, otherwise.formatted(found));
        }
    }

    private record Decoding(String image, byte[] cluster, ByteBuffer in) {

        Decoding(String image, byte[] cluster) {
            this(image, cluster, ByteBuffer.wrap(cluster));
        }

        Qcow2Header header() throws Qcow2Exception {
            clusterBytes(image, cluster);
            refuseUnlessZero(in.getInt(32), "is encrypted (method %d)");
            int length = length();
            var header = new Qcow2Header(in.getInt(4), in.getInt(20), in.getLong(24), in.getInt(36), in.getLong(40),
                    in.getLong(48), in.getInt(56), compression(length), backing(length));
            requireSizes(header);
            if (header.l1Entries != 0) { // qemu gives a disk of no bytes no table
                requireAligned(40, header.l1Offset());
            }
            requireAligned(48, header.refcountTableOffset());
            return header;
        }

        private int length() throws Qcow2Exception {
            if (in.getInt(4) == 2) {
                return FIXED_BYTES;
            }
            int length = in.getInt(100);
            need(length >= VERSION_3_BYTES && length <= cluster.length && length % 8 == 0, 100,
                    "a header of %s bytes, expected at least 104 within the first cluster, in steps of 8", length);
            int order = in.getInt(96);
            need(order >= 0 && order <= MAX_REFCOUNT_ORDER, 96, "refcounts of 2^%s bits, expected at most 2^6", order);
            refuseFeatures(in.getLong(72));
            return length;
        }

        private void refuseFeatures(long features) throws Qcow2Exception {
            if ((features & (DIRTY | CORRUPT)) != 0) {
                throw Qcow2Exception.needs(image, ("is marked %s: whoever wrote it did not finish, or found it broken."
                        + " Repair a copy of it with 'qemu-img check -r all'")
                        .formatted((features & CORRUPT) != 0 ? "corrupt" : "dirty"));
            }
            refuseUnlessZero(features & EXTERNAL_DATA, "keeps its data in another file (incompatible feature %d)");
            refuseUnlessZero(features & EXTENDED_L2, "has extended L2 entries (incompatible feature %d)");
            refuseUnlessZero(features & ~COMPRESSION_METHOD, "uses incompatible features unknown here (bits %#x)");
        }

        private void refuseUnlessZero(long value, String finding) throws Qcow2Exception {
            if (value != 0) {
                throw Qcow2Exception.unsupported(image, finding.formatted(value));
            }
        }

        private Qcow2Compression compression(int length) throws Qcow2Exception {
            int method = length > VERSION_3_BYTES ? cluster[104] : 0;
            boolean announced = length > FIXED_BYTES && (in.getLong(72) & COMPRESSION_METHOD) != 0;
            need(method >= 0 && method < Qcow2Compression.values().length, 104,
                    "compression method %s, expected 0 (deflate) or 1 (zstd)", method);
            need(announced == (method != 0), 104, "compression method %s contradicts the incompatible features", method);
            return Qcow2Compression.values()[method];
        }

        private Optional<BackingFile> backing(int length) throws Qcow2Exception {
            long offset = in.getLong(8);
            if (offset == 0) {
                extensions(length, cluster.length); // only for its checks
                return Optional.empty();
            }
            int bytes = in.getInt(16);
            need(bytes >= 1 && bytes <= BackingFile.MAX_NAME_BYTES, 16,
                    "a name of %s bytes for the backing file, expected 1 to 1023", bytes);
            need(offset >= length && offset <= cluster.length - bytes, 8,
                    "the name of the backing file is at byte %s, expected it behind the header in the first cluster",
                    offset);
            var name = new String(cluster, (int) offset, bytes, StandardCharsets.UTF_8);
            need(name.getBytes(StandardCharsets.UTF_8).length <= BackingFile.MAX_NAME_BYTES, offset,
                    "the name of the backing file is no UTF-8: %s", name);
            return Optional.of(new BackingFile(name, extensions(length, (int) offset)));
        }

        /// Passes over the extensions in `[at, end)` and returns the format of the backing file, if one of them tells.
        private Optional<String> extensions(int at, int end) throws Qcow2Exception {
            var format = Optional.<String>empty();
            int next = at;
            while (end - next >= 8 && in.getInt(next) != EXTENSION_END) {
                int bytes = in.getInt(next + 4);
                need(bytes >= 0 && bytes <= end - next - 8, next + 4L, "a header extension of %s bytes, which has no"
                        + " room before the end of the header", Integer.toUnsignedString(bytes));
                if (in.getInt(next) == EXTENSION_BACKING_FORMAT) {
                    var text = new String(cluster, next + 8, bytes, StandardCharsets.UTF_8);
                    need(text.getBytes(StandardCharsets.UTF_8).length <= BackingFile.MAX_FORMAT_BYTES, next + 4L,
                            "a name of %s bytes for the format of the backing file", bytes);
                    format = Optional.of(text);
                }
                next += 8 + Math.ceilDiv(bytes, 8) * 8;
            }
            return format;
        }

        private void requireSizes(Qcow2Header header) throws Qcow2Exception {
            need(header.diskBytes >= 0 && header.diskBytes <= MAX_DISK_BYTES, 24,
                    "a disk of %s bytes, expected at most 2^56", Long.toUnsignedString(header.diskBytes));
            long tables = Math.ceilDiv(header.clusters(), (long) header.tableEntries());
            need(tables <= MAX_L1_BYTES / Long.BYTES, 24, "the disk takes an L1 table of %s entries, expected at most"
                    + " 64 MiB", tables);
            need(Integer.toUnsignedLong(header.l1Entries) >= tables, 36,
                    "an L1 table of %s entries, too few for the disk", Integer.toUnsignedString(header.l1Entries));
        }

        private void requireAligned(long field, long offset) throws Qcow2Exception {
            need(offset > 0 && offset % cluster.length == 0, field,
                    "a table at byte %s, expected a multiple of the cluster size behind the header", offset);
        }

        private void need(boolean kept, long offset, String otherwise, Object found) throws Qcow2Exception {
            require(kept, image, offset, otherwise, found);
        }
    }
}
