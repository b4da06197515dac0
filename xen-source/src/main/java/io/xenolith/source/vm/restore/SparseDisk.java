package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.source.xapi.SparseUpload;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk that is sent in pieces. Pieces are whole sectors: what a disk's last one lacks is filled with zeros.
///
/// For one thread at a time.
final class SparseDisk implements DiskTarget {
    private static final int SECTOR_BYTES = 512;

    private final SparseUpload upload;
    private final boolean zeros;
    private final Sent sent;
    // the sector that is not complete yet, of a disk or of a write that ends inside it
    private final ByteBuffer sector = ByteBuffer.allocate(SECTOR_BYTES);
    private long sectorOffset;

    /// @param zeros whether the disk holds anything, so that holes must be written
    SparseDisk(SparseUpload upload, boolean zeros, Sent sent) {
        this.upload = upload;
        this.zeros = zeros;
        this.sent = sent;
    }

    @Override
    public boolean sequential() {
        return true;
    }

    @Override
    public boolean needsZeros() {
        return zeros;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        long at = offset;
        if (sector.position() > 0 && at != sectorOffset + sector.position()) {
            completeSector(at);
        }
        while (bytes.hasRemaining()) {
            int inSector = (int) (at % SECTOR_BYTES);
            if (inSector == 0 && bytes.remaining() >= SECTOR_BYTES) {
                int whole = bytes.remaining() / SECTOR_BYTES * SECTOR_BYTES;
                send(at, bytes.slice(bytes.position(), whole));
                bytes.position(bytes.position() + whole);
                at += whole;
            } else {
                sectorOffset = at - inSector;
                fill(inSector);
                int count = Math.min(SECTOR_BYTES - inSector, bytes.remaining());
                sector.put(bytes.slice(bytes.position(), count));
                bytes.position(bytes.position() + count);
                at += count;
                if (!sector.hasRemaining()) {
                    completeSector(at);
                }
            }
        }
    }

    /// Sends the sector that was begun, unless the next write, at `next`, goes on in it.
    private void completeSector(long next) throws IOException {
        if (next < sectorOffset + SECTOR_BYTES) {
            fill((int) (next - sectorOffset));
            return;
        }
        fill(SECTOR_BYTES);
        sector.flip();
        send(sectorOffset, sector);
        sector.clear();
    }

    private void fill(int to) {
        while (sector.position() < to) {
            sector.put((byte) 0);
        }
    }

    private void send(long offset, ByteBuffer whole) throws IOException {
        int length = whole.remaining();
        upload.write(offset, whole);
        sent.add(length);
    }

    @Override
    public void commit() throws IOException {
        if (sector.position() > 0) {
            completeSector(Long.MAX_VALUE);
        }
    }

    @Override
    public void close() {
    }
}
