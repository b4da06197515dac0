package io.xenolith.source.xva;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// Writes an archive as hosts do, from its beginning to its end, disk after disk. For use by one thread at a time, its
/// disks included.
///
/// ```java
/// try (var xva = XvaWriter.open(out, ovaXml, XvaFormat.PLAIN)) {
///     for (var disk : xva.ova().streamedDisks()) {
///         try (var target = xva.disk(disk.ref(), disk.size())) {
///             restore(disk.uuid(), target);
///             target.commit();
///         }
///     }
///     xva.finish();
/// }
/// ```
public final class XvaWriter implements Closeable {
    private static final int END_BYTES = 2 * TarHeader.BYTES;

    private final OutputStream sink;
    private final OutputStream out; // packs what goes to the sink
    private final ChunkChecksum checksum;
    private final Ova ova;
    private final boolean gapsAllowed;
    private int disksBegun;
    private boolean diskOpen;
    private boolean torn; // a write failed, so that nothing can follow it
    private boolean finished;

    private XvaWriter(OutputStream sink, XvaFormat format, Ova ova) throws IOException {
        this.sink = sink;
        this.out = format.compression().pack(sink);
        this.checksum = format.checksum();
        this.ova = ova;
        this.gapsAllowed = StoredChunks.allowsGaps(ova.streamedDisks().stream().mapToLong(OvaDisk::size)
                .filter(size -> size > 0).findFirst().orElse(0));
    }

    /// Begins an archive with its metadata.
    ///
    /// @param out    belongs to this writer from now on, even if this fails; best without a buffer of its own
    /// @param ovaXml written as it is
    /// @throws OvaException if `ovaXml` cannot be understood
    /// @throws IOException if `out` fails
    public static XvaWriter open(OutputStream out, byte[] ovaXml, XvaFormat format) throws IOException {
        try {
            var writer = new XvaWriter(out, format, Ova.parse(ovaXml));
            writer.writeMetadata(ovaXml);
            return writer;
        } catch (Throwable e) {
            out.close();
            throw e;
        }
    }

    /// How long an archive becomes if it is not compressed.
    ///
    /// @param ovaBytes how long its metadata are
    /// @param stored   for each disk, in the order of [Ova#streamedDisks()], the chunks that [#disk(String, DiskBlocks)]
    ///                 is given
    public static long archiveBytes(long ovaBytes, List<DiskBlocks> stored) {
        boolean gapsAllowed = StoredChunks.allowsGaps(stored.stream().mapToLong(DiskBlocks::size)
                .filter(size -> size > 0).findFirst().orElse(0));
        return TarHeader.BYTES + TarHeader.padded(ovaBytes) + END_BYTES
                + stored.stream().mapToLong(disk -> StoredChunks.bytes(disk, gapsAllowed)).sum();
    }

    /// The empty set of chunks of a disk of `size` bytes.
    public static DiskBlocks noChunks(long size) {
        return StoredChunks.none(size);
    }

    /// The metadata of this archive.
    public Ova ova() {
        return ova;
    }

    private void writeMetadata(byte[] ovaXml) throws IOException {
        var header = new byte[TarHeader.BYTES];
        new TarHeader("ova.xml", ovaXml.length).encode(header, 0);
        out.write(header);
        out.write(ovaXml);
        out.write(new byte[(int) (TarHeader.padded(ovaXml.length) - ovaXml.length)]);
    }

    /// Begins the next disk. It takes writes in the order of their offsets, of any length; what lies between them is
    /// zeros. Chunks that are all zeros are left out where readers allow it.
    ///
    /// @param ref  of the next of [Ova#streamedDisks()], for importers expect them in this order
    /// @param size the one that the metadata tell
    public DiskTarget disk(String ref, long size) {
        requireNext(ref, size);
        return new XvaTarget(this, ref, StoredChunks.none(size), false);
    }

    /// Begins the next disk, of which exactly the chunks `stored`, the first and the last one go to the archive, whatever
    /// they hold; but all, if the archive begins with a disk shorter than a MiB. Data anywhere else is refused.
    ///
    /// @param ref    of the next of [Ova#streamedDisks()], for importers expect them in this order
    /// @param stored chunks of the disk, from [#noChunks(long)]
    public DiskTarget disk(String ref, DiskBlocks stored) {
        requireNext(ref, stored.size());
        return new XvaTarget(this, ref, stored, true);
    }

    private void requireNext(String ref, long size) {
        requireWhole();
        if (disksBegun == ova.streamedDisks().size()) {
            throw new IllegalArgumentException("disk %s, but ova.xml names no more than %d".formatted(ref, disksBegun));
        }
        var next = ova.streamedDisks().get(disksBegun);
        if (!next.ref().equals(ref) || next.size() != size) {
            throw new IllegalArgumentException("disk %s of %d bytes, but according to ova.xml disk %s of %d bytes is next"
                    .formatted(ref, size, next.ref(), next.size()));
        }
        disksBegun++;
        diskOpen = true;
    }

    private void requireWhole() {
        if (torn) {
            throw new IllegalStateException("a write to the archive failed, so it is incomplete");
        }
        if (finished) {
            throw new IllegalStateException("the archive is finished");
        }
        if (diskOpen) {
            throw new IllegalStateException("disk %s was not committed"
                    .formatted(ova.streamedDisks().get(disksBegun - 1).ref()));
        }
    }

    /// Ends the archive behind its last disk and hands on what is still buffered here. Without it, [#close()] leaves an
    /// archive that every reader takes for cut.
    ///
    /// @throws IllegalStateException if a disk is missing, or was not committed
    public void finish() throws IOException {
        requireWhole();
        if (disksBegun < ova.streamedDisks().size()) {
            throw new IllegalStateException("disk %s is missing".formatted(ova.streamedDisks().get(disksBegun).ref()));
        }
        finished = true;
        out.write(new byte[END_BYTES]);
        close(); // ends a compressed archive
    }

    boolean gapsAllowed() {
        return gapsAllowed;
    }

    ChunkChecksum checksum() {
        return checksum;
    }

    void write(byte[] bytes, int length) throws IOException {
        torn = true;
        out.write(bytes, 0, length);
        torn = false;
    }

    void diskCommitted() {
        diskOpen = false;
    }

    @Override
    public void close() throws IOException {
        try (sink) {
            out.close();
        }
    }
}
