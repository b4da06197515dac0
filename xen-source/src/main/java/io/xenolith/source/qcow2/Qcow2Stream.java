package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Optional;

/// An image that passes once, as hosts export it: the L1 table before the L2 tables, these before the data, and the data
/// in the order of the disk, one cluster directly behind the other; none compressed. [Qcow2Layout] is that order. An
/// image in any other one is refused, and can be read from a file by [Qcow2Image].
///
/// Nothing in a delta that a host exports says that it is one, so the caller asks for the whole disk or for the changes,
/// once. Takes 2 bits of memory for each cluster of the disk. For use by one thread at a time.
public final class Qcow2Stream implements Closeable {
    private static final int SKIP_BYTES = 1 << 16;

    private final String name;
    private final ReadableByteChannel channel;
    private final Qcow2Header header;
    private final DiskBlocks stored;
    private final DiskBlocks zeros;
    private long position; // in the stream
    private long firstData = -1; // in the stream; -1 until an L2 table names it
    private long nextData; // in the stream: where the tables read so far say that data ends
    private long consumed; // on the disk: what is stored before it was read or skipped

    private Qcow2Stream(String name, ReadableByteChannel channel) throws IOException {
        this.name = name;
        this.channel = channel;
        this.header = readHeader();
        ImageDelta.requireCountable(name, header.diskBytes(), header.clusterBytes());
        this.stored = new DiskBlocks(header.diskBytes(), header.clusterBytes());
        this.zeros = new DiskBlocks(header.diskBytes(), header.clusterBytes());
        readTables();
    }

    /// Reads everything up to the first cluster of data; blocks as long as that takes.
    ///
    /// @param name what messages call the image
    /// @param channel in blocking mode; belongs to the image from now on, and is closed if this fails
    /// @throws Qcow2Exception if it is no qcow2 image, is damaged, ends too early, or comes in another order
    /// @throws IOException if the channel fails
    public static Qcow2Stream open(String name, ReadableByteChannel channel) throws IOException {
        try {
            return new Qcow2Stream(name, channel);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private Qcow2Header readHeader() throws IOException {
        var fixed = take(Qcow2Header.FIXED_BYTES);
        var cluster = new byte[Qcow2Header.clusterBytes(name, fixed)];
        System.arraycopy(fixed, 0, cluster, 0, fixed.length);
        readFully(ByteBuffer.wrap(cluster, fixed.length, cluster.length - fixed.length));
        return Qcow2Header.decode(name, cluster);
    }

    private void readTables() throws IOException {
        if (header.tables() == 0) {
            return;
        }
        skipTo(header.l1Offset(), "the L1 table");
        var l1 = new long[header.tables()];
        ByteBuffer.wrap(take(l1.length * Long.BYTES)).asLongBuffer().get(l1);
        var bounds = new FileBounds(name, header, Long.MAX_VALUE, l1);
        for (int i = 0; i < l1.length; i++) {
            long offset = l1[i] & Mapping.OFFSET_BITS;
            if (offset != 0) {
                skipTo(offset, "L2 table " + i);
                readTable(bounds, (long) i * header.tableEntries(), ByteBuffer.wrap(take(header.clusterBytes())));
            }
        }
        if (firstData >= 0) {
            skipTo(firstData, "the first cluster of data");
        }
    }

    private void readTable(FileBounds bounds, long first, ByteBuffer entries) throws IOException {
        long start = position - header.clusterBytes();
        long end = Math.min(header.clusters(), first + header.tableEntries());
        for (long cluster = first; cluster < end; cluster++) {
            long at = start + entries.position();
            long entry = entries.getLong();
            bounds.requireCluster(cluster, at, entry);
            switch (Mapping.of(entry, header.clusterBits())) {
                case Mapping.Hole _ -> { }
                case Mapping.Zeros _ -> zeros.add((int) cluster);
                case Mapping.Plain(long offset) -> addStored(cluster, offset);
                case Mapping.Packed _ -> throw notInOrder("it has compressed clusters");
            }
        }
    }

    private void addStored(long cluster, long offset) throws Qcow2Exception {
        if (firstData < 0) {
            firstData = offset;
        } else if (offset != nextData) {
            throw notInOrder("cluster %d of the disk is at byte %d of the image, not directly behind the one before it"
                    .formatted(cluster, offset));
        }
        nextData = offset + header.clusterBytes();
        stored.add((int) cluster);
    }

    private Qcow2Exception notInOrder(String finding) {
        return Qcow2Exception.needs(name, "cannot be read while it passes: %s; save it to a file and read that"
                .formatted(finding));
    }

    private void skipTo(long offset, String what) throws IOException {
        if (offset < position) {
            throw notInOrder("%s is at byte %d, before what is needed to understand it".formatted(what, offset));
        }
        skip(offset - position);
    }

    private void skip(long length) throws IOException {
        var scratch = ByteBuffer.allocate((int) Math.min(SKIP_BYTES, length));
        for (long left = length; left > 0; left -= scratch.limit()) {
            readFully(scratch.clear().limit((int) Math.min(scratch.capacity(), left)));
        }
    }

    private byte[] take(int length) throws IOException {
        var bytes = new byte[length];
        readFully(ByteBuffer.wrap(bytes));
        return bytes;
    }

    private void readFully(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            int count = channel.read(target);
            if (count < 0) {
                throw Qcow2Exception.damaged(name, position, "the stream ends here, %d bytes too early for what is read"
                        .formatted(target.remaining()));
            }
            position += count;
        }
    }

    /// Fills `target` with what is stored of the disk from `offset` on, which lies in one stored cluster or several that
    /// touch, behind what was read before.
    private void readStored(long offset, ByteBuffer target) throws IOException {
        if (offset > consumed) {
            skip(stored.within(Extent.between(consumed, offset)).bytes());
        }
        consumed = offset + target.remaining();
        readFully(target);
    }

    /// The size of the disk in bytes.
    public long size() {
        return header.diskBytes();
    }

    /// The image that this one says it is laid over. A delta may not say so.
    public Optional<BackingFile> backing() {
        return header.backing();
    }

    /// The whole disk, of an image that stands for itself. Closing it closes the image.
    ///
    /// @throws Qcow2Exception if the image names another one that it is laid over
    public DiskStream whole() throws Qcow2Exception {
        if (backing().isPresent()) {
            throw Qcow2Exception.needs(name, "is laid over %s and is no whole disk by itself; read it as a delta"
                    .formatted(backing().get().name()));
        }
        return new Whole();
    }

    /// What the image itself holds, zero clusters as zeros. Closing it closes the image.
    public DeltaStream changes() {
        return new Changes();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class Whole implements DiskStream {
        private long at;

        @Override
        public void read(ByteBuffer target) throws IOException {
            int limit = target.limit();
            while (target.position() < limit && at < size()) {
                int cluster = (int) (at / header.clusterBytes());
                long left = stored.extent(cluster).end() - at;
                int length = (int) Math.min(limit - target.position(), left);
                target.limit(target.position() + length);
                if (stored.contains(cluster)) {
                    readStored(at, target);
                } else {
                    ImageDisk.putZeros(target);
                }
                target.limit(limit);
                at += length;
            }
        }

        @Override
        public long skipZeros(long limit) {
            int cluster = (int) (at / header.clusterBytes());
            int next = stored.next(cluster);
            long data = next < 0 ? size() : Math.max(at, stored.extent(next).offset());
            long skipped = Math.min(limit, data - at);
            at += skipped;
            return skipped;
        }

        @Override
        public void close() throws IOException {
            Qcow2Stream.this.close();
        }
    }

    private final class Changes implements DeltaStream {
        private final DiskBlocks touched = new DiskBlocks(header.diskBytes(), header.clusterBytes());

        Changes() {
            for (var some : new DiskBlocks[] {stored, zeros}) {
                for (int i = some.next(0); i >= 0; i = some.next(i + 1)) {
                    touched.add(i);
                }
            }
        }

        @Override
        public long size() {
            return header.diskBytes();
        }

        @Override
        public DiskBlocks touched() {
            return touched;
        }

        @Override
        public Extents read(Extent region, byte[] target) throws IOException {
            var changed = new ArrayList<Extent>();
            for (var extent : stored.within(region)) {
                readStored(extent.offset(), part(extent, region, target));
                changed.add(extent);
            }
            for (var extent : zeros.within(region)) {
                ImageDisk.putZeros(part(extent, region, target));
                changed.add(extent);
            }
            return Extents.of(changed);
        }

        private static ByteBuffer part(Extent extent, Extent region, byte[] target) {
            return ByteBuffer.wrap(target, (int) (extent.offset() - region.offset()), (int) extent.length());
        }

        @Override
        public void close() throws IOException {
            Qcow2Stream.this.close();
        }
    }
}
