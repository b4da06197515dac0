package io.xenolith.source.xva;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// One disk of an archive that is being written: gathers a chunk at a time.
///
/// ```text
///   512        up to 1 MiB                    512        512
///   header     chunk, filled up to 512        header     its checksum
/// ```
/// For use by one thread at a time.
final class XvaTarget implements DiskTarget {
    private static final byte[] ZEROS = new byte[64 << 10];
    private static final int DATA_AT = TarHeader.BYTES;

    private final XvaWriter archive;
    private final String ref;
    private final DiskBlocks stored;
    private final boolean storedOnly;
    private final byte[] entries = new byte[DATA_AT + ChunkName.CHUNK_BYTES + 2 * TarHeader.BYTES];

    /// The chunk being gathered and how many of its bytes are in `entries`; the rest of it is zeros so far.
    private int index;
    private int filled;
    private boolean committed;

    /// @param stored     the chunks of the disk, and which of them are stored
    /// @param storedOnly whether `stored` is all that is stored, whatever the chunks hold
    XvaTarget(XvaWriter archive, String ref, DiskBlocks stored, boolean storedOnly) {
        this.archive = archive;
        this.ref = ref;
        this.stored = stored;
        this.storedOnly = storedOnly;
    }

    @Override
    public boolean sequential() {
        return true;
    }

    @Override
    public boolean needsZeros() {
        return false;
    }

    /// @throws IllegalArgumentException if `offset` lies before the end of the last write, or the bytes do not fit on the
    ///         disk or are not where data was announced
    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        if (offset < position() || offset > stored.size() - bytes.remaining() || committed) {
            throw new IllegalArgumentException("%d bytes at offset %d of disk %s, which continues at %d of %d bytes"
                    .formatted(bytes.remaining(), offset, ref, position(), stored.size()));
        }
        if (bytes.hasRemaining()) {
            skipTo(offset);
        }
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), length() - filled);
            bytes.get(entries, DATA_AT + filled, count);
            filled += count;
            if (filled == length()) {
                endChunk();
            }
        }
    }

    private long position() {
        return Math.min(stored.size(), (long) index * ChunkName.CHUNK_BYTES + filled);
    }

    private int length() {
        return (int) stored.extent(index).length();
    }

    private void skipTo(long offset) throws IOException {
        int chunk = (int) (offset / ChunkName.CHUNK_BYTES);
        if (index < chunk && filled > 0) {
            fillChunk();
        }
        while (index < chunk) {
            index = nextWritten(chunk);
            if (index < chunk) {
                fillChunk();
            }
        }
        fillTo((int) (offset - (long) index * ChunkName.CHUNK_BYTES));
    }

    /// The first chunk from `index` on that is stored although nothing was written to it, at most `limit`.
    private int nextWritten(int limit) {
        if (!archive.gapsAllowed() || index == 0) {
            return index;
        }
        int next = storedOnly ? stored.next(index) : -1;
        return next < 0 ? limit : Math.min(next, limit);
    }

    private void fillTo(int count) {
        Arrays.fill(entries, DATA_AT + filled, DATA_AT + count, (byte) 0);
        filled = count;
    }

    private void fillChunk() throws IOException {
        fillTo(length());
        endChunk();
    }

    private void endChunk() throws IOException {
        if (isStored()) {
            writeChunk();
        }
        index++;
        filled = 0;
    }

    private boolean isStored() {
        if (StoredChunks.always(index, stored, archive.gapsAllowed()) || stored.contains(index)) {
            return true;
        }
        boolean zero = isZero();
        if (storedOnly && !zero) {
            throw new IllegalArgumentException("data in chunk %d of disk %s, which was not announced"
                    .formatted(index, ref));
        }
        return !zero;
    }

    private boolean isZero() {
        int end = DATA_AT + filled;
        for (int at = DATA_AT; at < end; at += ZEROS.length) {
            int to = Math.min(at + ZEROS.length, end);
            if (!Arrays.equals(entries, at, to, ZEROS, 0, to - at)) {
                return false;
            }
        }
        return true;
    }

    private void writeChunk() throws IOException {
        var name = new ChunkName(ref, index).toString();
        new TarHeader(name, filled).encode(entries, 0);
        int at = DATA_AT + (int) TarHeader.padded(filled);
        Arrays.fill(entries, DATA_AT + filled, at, (byte) 0);
        var checksum = archive.checksum().of(entries, DATA_AT, filled);
        new TarHeader(name + archive.checksum().extension(), checksum.length).encode(entries, at);
        at += TarHeader.BYTES;
        Arrays.fill(entries, at, at + TarHeader.BYTES, (byte) 0);
        System.arraycopy(checksum, 0, entries, at, checksum.length);
        archive.write(entries, at + TarHeader.BYTES);
    }

    /// Writes what the disk still lacks: its last chunk is stored in any case. Nothing is durable before the archive is.
    @Override
    public void commit() throws IOException {
        if (index < stored.onDisk()) {
            skipTo(Math.max(position(), (long) (stored.onDisk() - 1) * ChunkName.CHUNK_BYTES));
            fillChunk();
        }
        committed = true;
        archive.diskCommitted();
    }

    @Override
    public void close() {
    }
}
