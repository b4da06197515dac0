package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.source.raw.RawFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/// An image at rest: version 2 or 3, clusters of any size, compressed or not. Nothing in it needs to say whether it is a
/// delta, so whoever opens it asks for the whole disk or for what changed.
///
/// Not read: encrypted images, images with their data in another file or with extended L2 entries, and those marked as
/// dirty or corrupt. The disk is as it was last; internal snapshots are passed over. That nobody writes to the image
/// meanwhile is up to whoever names it.
///
/// Takes 8 bytes of memory for each L2 table, at most 128 MiB, and 16 MiB for the L2 tables that were used last.
public final class Qcow2Image implements Closeable {
    private final String name;
    private final DiskSource file;
    private final Qcow2Header header;
    private final ClusterMap map;

    private Qcow2Image(String name, DiskSource file, Qcow2Header header, ClusterMap map) {
        this.name = name;
        this.file = file;
        this.header = header;
        this.map = map;
    }

    /// Opens an image in a regular file or on a block device, symbolic links followed. [Qcow2Stream] reads what
    /// passes through a pipe.
    ///
    /// @throws Qcow2Exception if it is no qcow2 image, is damaged, or uses what is not read here
    /// @throws IOException if it cannot be read
    public static Qcow2Image open(Path path) throws IOException {
        return open(path.toString(), RawFile.open(path));
    }

    /// Opens an image out of something else that can be read at any offset.
    ///
    /// @param name what messages call it
    /// @param file the bytes of the image; belongs to it from now on, and is closed if this fails
    /// @throws Qcow2Exception if it is no qcow2 image, is damaged, or uses what is not read here
    public static Qcow2Image open(String name, DiskSource file) throws IOException {
        try {
            var header = readHeader(name, file);
            return new Qcow2Image(name, file, header, ClusterMap.open(name, file, header));
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    private static Qcow2Header readHeader(String name, DiskSource file) throws IOException {
        requireLength(name, file, Qcow2Header.FIXED_BYTES);
        int clusterBytes = Qcow2Header.clusterBytes(name, read(file, Qcow2Header.FIXED_BYTES));
        requireLength(name, file, clusterBytes);
        return Qcow2Header.decode(name, read(file, clusterBytes));
    }

    private static byte[] read(DiskSource file, int length) throws IOException {
        var bytes = new byte[length];
        file.read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static void requireLength(String name, DiskSource file, int needed) throws Qcow2Exception {
        if (file.size() < needed) {
            throw Qcow2Exception.damaged(name, file.size(), "the file ends within its header, which takes %d bytes"
                    .formatted(needed));
        }
    }

    /// The size of the disk in bytes.
    public long size() {
        return header.diskBytes();
    }

    /// How long a cluster is, in bytes: 512 to 2 MiB.
    public int clusterBytes() {
        return header.clusterBytes();
    }

    /// The image that this one says it is laid over. A delta may not say so.
    public Optional<BackingFile> backing() {
        return header.backing();
    }

    /// The whole disk, of an image that stands for itself. Closing it closes the image.
    ///
    /// @throws Qcow2Exception if the image names another one that it is laid over
    public DiskSource whole() throws Qcow2Exception {
        if (backing().isPresent()) {
            throw Qcow2Exception.needs(name, ("is laid over %s and is no whole disk by itself; read it as a delta, or"
                    + " make a whole image with 'qemu-img convert -O qcow2'").formatted(backing().get().name()));
        }
        return new ImageDisk(this, Optional.empty());
    }

    /// The whole disk, of an image that is laid over another one. Closing it closes the image and `base`.
    ///
    /// @param base what the backing file holds, or any other disk that the image is a delta of; where it is shorter than
    ///     this disk, it counts as zeros
    public DiskSource whole(DiskSource base) {
        return new ImageDisk(this, Optional.of(base));
    }

    /// What the image itself holds: each cluster that has a place in it, and zero clusters as zeros. Reads all L2 tables.
    /// Closing it closes the image.
    ///
    /// @throws Qcow2Exception if an entry of a table is wrong, or the disk has more than 2^31 - 2 clusters
    public DeltaStream changes() throws IOException {
        return ImageDelta.of(this);
    }

    String name() {
        return name;
    }

    ClusterMap map() {
        return map;
    }

    /// Fills `target` with a part of one cluster that `place` says has a place in the file.
    ///
    /// @param inside where that part begins in the cluster
    void readPlain(Mapping.Plain place, int inside, ByteBuffer target) throws IOException {
        file.read(place.offset() + inside, target);
    }

    /// As [#readPlain(Mapping.Plain, int, ByteBuffer)], of a compressed cluster.
    void readPacked(Mapping.Packed place, int inside, ByteBuffer target) throws IOException {
        var cluster = new byte[clusterBytes()];
        map.unpack(place, header.compression(), cluster);
        target.put(cluster, inside, target.remaining());
    }

    void requireInside(long offset, int length) {
        if (offset < 0 || offset > size() - length) {
            throw new IllegalArgumentException("%d bytes at offset %d are not inside the disk of %d bytes in %s"
                    .formatted(length, offset, size(), name));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
