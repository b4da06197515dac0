package io.xenolith.source.xva;

import io.xenolith.engine.disk.DiskStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk as it arrives in an archive: exactly as many bytes as `ova.xml` says, each checked before it is handed out, and
/// chunks that were left out as zeros. Of use until the reader goes on to the next one; for use by one thread at a time.
///
/// Closing it leaves the archive open, for the other disks.
public final class XvaDisk implements DiskStream {
    private static final byte[] ZEROS = new byte[64 << 10];

    private final OvaDisk disk;
    private final Chunks chunks;
    private IOException failure; // null while all is well

    /// Where on the disk the caller has arrived, and where the chunks have: zeros lie between the two, unless the
    /// chunk read last does.
    private long delivered;
    private long position;
    private int last = -1;

    /// The chunk that begins at `position`; null if its header has not been read yet.
    private Chunks.Chunk chunk;

    /// A chunk that did not fit into the caller's buffer.
    private byte[] buffer = new byte[0];
    private int bufferAt;
    private int bufferEnd;

    XvaDisk(OvaDisk disk, Chunks chunks) {
        this.disk = disk;
        this.chunks = chunks;
    }

    /// What `ova.xml` says of this disk.
    public OvaDisk ovaDisk() {
        return disk;
    }

    /// @throws XvaException if the archive is damaged or cut
    @Override
    public void read(ByteBuffer target) throws IOException {
        requireSound();
        try {
            while (target.hasRemaining() && delivered < disk.size()) {
                readSome(target);
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /// @throws XvaException if the archive is damaged or cut
    @Override
    public long skipZeros(long limit) throws IOException {
        requireSound();
        try {
            if (limit > 0 && isBetweenChunks() && delivered < disk.size()) {
                nextChunk();
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        long skipped = Math.min(limit, zeros());
        delivered += skipped;
        return skipped;
    }

    /// A failure leaves the archive somewhere in the middle of an entry; what is read there means nothing.
    private void requireSound() throws IOException {
        if (failure != null) {
            throw new IOException("the archive cannot be read on after a failure: " + failure.getMessage(), failure);
        }
    }

    /// Reads to the end of the disk.
    void drain() throws IOException {
        requireSound();
        var passed = ByteBuffer.allocate(delivered < disk.size() ? ChunkName.CHUNK_BYTES : 0);
        while (delivered < disk.size()) {
            skipZeros(Long.MAX_VALUE);
            read(passed.clear());
        }
    }

    private void readSome(ByteBuffer target) throws IOException {
        if (zeros() > 0) {
            putZeros(target);
        } else if (bufferAt < bufferEnd) {
            int count = Math.min(target.remaining(), bufferEnd - bufferAt);
            target.put(buffer, bufferAt, count);
            bufferAt += count;
            delivered += count;
        } else if (chunk == null) {
            nextChunk();
        } else {
            readChunk(target);
        }
    }

    private boolean isBetweenChunks() {
        return bufferAt == bufferEnd && chunk == null;
    }

    /// How many zeros come next.
    private long zeros() {
        return bufferAt < bufferEnd ? 0 : position - delivered;
    }

    private void putZeros(ByteBuffer target) {
        int count = (int) Math.min(target.remaining(), zeros());
        for (int left = count; left > 0; left -= ZEROS.length) {
            target.put(ZEROS, 0, Math.min(left, ZEROS.length));
        }
        delivered += count;
    }

    /// Goes on to the next chunk that is not empty; those that are have a number and a checksum like any other.
    private void nextChunk() throws IOException {
        var next = chunks.next(disk, position);
        if (next.number() <= last) {
            throw chunks.refusal(next, "it comes after chunk %08d of its disk".formatted(last));
        }
        long start = position + chunks.gap(next, next.number() - last - 1);
        requireInside(next, start);
        position = start;
        last = next.number();
        if (next.length() == 0) {
            chunks.read(next, buffer, 0);
        } else {
            chunk = next;
        }
    }

    /// A chunk may reach over the end of the disk as far as padding to a whole MiB takes it.
    private void requireInside(Chunks.Chunk next, long start) throws XvaException {
        if (start >= disk.size()) {
            throw chunks.refusal(next, "it belongs at byte %d of disk %s, which has %d"
                    .formatted(start, disk.ref(), disk.size()));
        }
        if (start + next.length() - disk.size() >= ChunkName.CHUNK_BYTES) {
            throw chunks.refusal(next, "its %d bytes from byte %d on do not fit on disk %s of %d"
                    .formatted(next.length(), start, disk.ref(), disk.size()));
        }
    }

    private void readChunk(ByteBuffer target) throws IOException {
        int length = chunk.length();
        int onDisk = (int) Math.min(length, disk.size() - position);
        if (target.hasArray() && target.remaining() >= length && onDisk == length) {
            chunks.read(chunk, target.array(), target.arrayOffset() + target.position()); // saves a copy
            target.position(target.position() + length);
            delivered += length;
        } else {
            readToBuffer(length, onDisk);
        }
        position += onDisk;
        chunk = null;
    }

    private void readToBuffer(int length, int onDisk) throws IOException {
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        chunks.read(chunk, buffer, 0);
        requirePadding(onDisk, length);
        bufferAt = 0;
        bufferEnd = onDisk;
    }

    private void requirePadding(int from, int to) throws XvaException {
        for (int i = from; i < to; i++) {
            if (buffer[i] != 0) {
                throw chunks.refusal(chunk, "it holds data behind the end of disk %s, which has %d bytes, says ova.xml"
                        .formatted(disk.ref(), disk.size()));
            }
        }
    }

    @Override
    public void close() {
    }
}
