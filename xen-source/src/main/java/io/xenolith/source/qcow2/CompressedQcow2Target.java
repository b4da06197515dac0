package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.source.raw.SparseFileTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A disk that becomes a qcow2 image of compressed clusters: for keeping, since hosts do not import such images. Clusters
/// of zeros are left out. Written in sequence; several clusters are compressed at once, on threads of its own.
///
/// The header is written last: until the commit, the file is no image.
public final class CompressedQcow2Target implements DiskTarget {
    private static final int CLUSTER_BYTES = Qcow2Layout.CLUSTER_BYTES;
    private static final int CLUSTERS_PER_THREAD = 8; // underway at once; bounds the memory
    private static final byte[] ZEROS = new byte[CLUSTER_BYTES];

    private final Qcow2Compression compression;
    private final CompressedFile image;
    private final Optional<Path> path; // of a file that is cut to its length at commit
    private final ExecutorService threads;
    private final ArrayDeque<Underway> underway = new ArrayDeque<>();
    private final int maxUnderway;
    private final long diskBytes;
    private byte[] cluster = new byte[CLUSTER_BYTES]; // the one that is being filled
    private int begun = -1; // its index; -1 before the first
    private long position; // on the disk, behind the last write

    private record Underway(int index, Future<byte[]> packed) {}

    private CompressedQcow2Target(DiskTarget file, long diskBytes, Qcow2Compression compression, Optional<Path> path) {
        this.compression = compression;
        this.diskBytes = Qcow2Layout.roundUp(diskBytes, Qcow2Layout.SECTOR_BYTES);
        this.image = new CompressedFile(file, this.diskBytes, compression);
        this.path = path;
        int processors = Runtime.getRuntime().availableProcessors();
        this.maxUnderway = processors * CLUSTERS_PER_THREAD;
        this.threads = Executors.newFixedThreadPool(processors,
                Thread.ofPlatform().name("qcow2-compress-", 0).daemon().factory());
    }

    /// An image inside another target.
    ///
    /// @param file takes writes in any order, begins as zeros and has room for [#maxFileBytes(long)]; belongs to this
    ///     target from now on. How much of it the image takes is known after the commit, see [#fileBytes()].
    /// @param diskBytes size of the disk; rounded up to a multiple of 512
    public CompressedQcow2Target(DiskTarget file, long diskBytes, Qcow2Compression compression) {
        this(requireAnyOrder(file), diskBytes, compression, Optional.empty());
    }

    /// An image in a new file, which is as long as the image after the commit. Until then it is [#maxFileBytes(long)]
    /// long, mostly holes: the file system must take files of that length.
    ///
    /// @param force whether a regular file of that name is replaced at commit
    /// @throws io.xenolith.source.raw.TargetExistsException if the name is taken and `force` is false
    /// @throws IOException if nothing can be created there
    public static CompressedQcow2Target create(Path file, long diskBytes, Qcow2Compression compression, boolean force)
            throws IOException {
        var target = SparseFileTarget.create(file, maxFileBytes(diskBytes), force);
        return new CompressedQcow2Target(target, diskBytes, compression, Optional.of(file));
    }

    private static DiskTarget requireAnyOrder(DiskTarget file) {
        if (file.sequential() || file.needsZeros()) {
            throw new IllegalArgumentException("a compressed image is written in any order, into a file of zeros");
        }
        return file;
    }

    /// What an image of a disk of `diskBytes` takes at most, however its content compresses.
    public static long maxFileBytes(long diskBytes) {
        return CompressedFile.maxBytes(diskBytes);
    }

    /// How long the image is, once it is committed.
    public long fileBytes() {
        return image.bytes();
    }

    @Override
    public boolean sequential() {
        return true;
    }

    @Override
    public boolean needsZeros() {
        return false;
    }

    /// @throws IllegalArgumentException if `offset` lies before the end of the last write, or the bytes behind the disk
    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        if (offset < position || offset > diskBytes - bytes.remaining()) {
            throw new IllegalArgumentException("%d bytes at offset %d of a disk of %d, which is written up to offset %d"
                    .formatted(bytes.remaining(), offset, diskBytes, position));
        }
        position = offset;
        while (bytes.hasRemaining()) {
            int inside = (int) (position % CLUSTER_BYTES);
            int length = Math.min(bytes.remaining(), CLUSTER_BYTES - inside);
            begin((int) (position / CLUSTER_BYTES));
            bytes.get(cluster, inside, length);
            position += length;
        }
    }

    private void begin(int index) throws IOException {
        if (index != begun) {
            compressBegun();
            begun = index;
        }
    }

    private void compressBegun() throws IOException {
        if (begun < 0) {
            return;
        }
        var full = cluster;
        cluster = new byte[CLUSTER_BYTES];
        underway.add(new Underway(begun, threads.submit(() -> pack(full))));
        if (underway.size() == maxUnderway) {
            writeNext();
        }
    }

    /// Returns [#ZEROS] for zeros, and the cluster itself if compressing does not help.
    private byte[] pack(byte[] full) {
        if (Arrays.equals(full, ZEROS)) {
            return ZEROS;
        }
        var packed = compression.compress(full);
        return packed == null ? full : packed;
    }

    private void writeNext() throws IOException {
        var next = underway.remove();
        var packed = await(next.packed());
        if (packed != ZEROS) {
            image.add(next.index(), packed);
        }
    }

    private static byte[] await(Future<byte[]> packed) throws IOException {
        try {
            return packed.get();
        } catch (ExecutionException e) {
            throw new IOException("compressing a cluster failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a cluster was compressed", e);
        }
    }

    /// Completes the image and commits the file.
    @Override
    public void commit() throws IOException {
        compressBegun();
        while (!underway.isEmpty()) {
            writeNext();
        }
        image.finish();
        if (path.isPresent()) {
            cut(path.get());
        }
    }

    // What is cut off is a hole: a power loss before this leaves an image that is whole, and longer than it need be.
    private void cut(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(fileBytes());
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        try (image) {
            threads.shutdownNow();
            threads.close();
        }
    }
}
