package io.xenolith.source.qcow2;

import io.xenolith.engine.disk.DiskTarget;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk that becomes a qcow2 image inside another target, which may be a file or a stream. Takes writes as that one
/// does: in any order from several threads, or in sequence. Either way the image is the same, byte for byte.
///
/// In a delta, a stored cluster of zeros holds zeros, and is no zero cluster: hosts take those for holes when they import
/// an image, and would leave in place what was there before.
public final class Qcow2Target implements DiskTarget {
    private static final byte[] ZEROS = new byte[Qcow2Layout.CLUSTER_BYTES];

    private final DiskTarget file;
    private final Qcow2Layout layout;
    private long written; // bytes of the file that are, as far as it is written in sequence

    /// @param file takes the image, and has room for [Qcow2Layout#fileBytes()]; belongs to this target from now on. One
    ///     that takes writes in any order begins as zeros.
    /// @param layout knows each cluster that will be written
    public Qcow2Target(DiskTarget file, Qcow2Layout layout) {
        if (!file.sequential() && file.needsZeros()) {
            throw new IllegalArgumentException("a file that is written in any order and does not begin as zeros");
        }
        this.file = file;
        this.layout = layout;
    }

    @Override
    public boolean sequential() {
        return file.sequential();
    }

    @Override
    public boolean needsZeros() {
        return false;
    }

    /// @throws IllegalStateException if a byte lies in a cluster that the layout does not store
    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        requireStored(offset, bytes.remaining());
        int limit = bytes.limit();
        long at = offset;
        while (bytes.position() < limit) {
            int inside = (int) (at % Qcow2Layout.CLUSTER_BYTES);
            int length = Math.min(limit - bytes.position(), Qcow2Layout.CLUSTER_BYTES - inside);
            bytes.limit(bytes.position() + length);
            put(layout.position((int) (at / Qcow2Layout.CLUSTER_BYTES)) + inside, bytes);
            bytes.limit(limit);
            at += length;
        }
    }

    private void requireStored(long offset, int length) {
        if (offset < 0 || offset > layout.diskBytes() - length) {
            throw new IllegalArgumentException("%d bytes at offset %d, but the disk has %d"
                    .formatted(length, offset, layout.diskBytes()));
        }
        int last = (int) ((offset + length - 1) / Qcow2Layout.CLUSTER_BYTES);
        for (int i = (int) (offset / Qcow2Layout.CLUSTER_BYTES); length > 0 && i <= last; i++) {
            if (!layout.stores(i)) {
                throw new IllegalStateException("a write of %d bytes at offset %d reaches into cluster %d, which has no"
                        .formatted(length, offset, i) + " place in the image");
            }
        }
    }

    private void put(long position, ByteBuffer bytes) throws IOException {
        if (file.sequential()) {
            writeUpTo(position);
            written += bytes.remaining();
        }
        file.write(position, bytes);
    }

    /// Writes what lies before `position` and is not written yet: tables, and stored clusters that stay zeros.
    private void writeUpTo(long position) throws IOException {
        long data = (long) layout.metadataClusters() * Qcow2Layout.CLUSTER_BYTES;
        while (written < position) {
            var next = written < data
                    ? ByteBuffer.wrap(layout.metadata((int) (written / Qcow2Layout.CLUSTER_BYTES)))
                    : ByteBuffer.wrap(ZEROS, 0, (int) Math.min(ZEROS.length, position - written));
            int length = next.remaining();
            file.write(written, next);
            written += length;
        }
    }

    /// Completes the image and commits the file.
    @Override
    public void commit() throws IOException {
        if (file.sequential()) {
            writeUpTo(layout.fileBytes());
        } else {
            for (int i = layout.metadataClusters() - 1; i >= 0; i--) { // the header last, so that no torso has one
                file.write((long) i * Qcow2Layout.CLUSTER_BYTES, ByteBuffer.wrap(layout.metadata(i)));
            }
        }
        file.commit();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
