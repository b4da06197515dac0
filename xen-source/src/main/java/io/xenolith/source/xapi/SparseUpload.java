package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes pieces of a disk, in any order, and leaves the rest as it is. What the host reads, over and over:
///
/// | offset | bytes | field  | meaning                                          |
/// |-------:|------:|--------|--------------------------------------------------|
/// |      0 |     8 | offset | in the disk, in bytes; little-endian             |
/// |      8 |     4 | length | of the piece in bytes; little-endian             |
/// |     12 |     … | data   | the piece                                        |
///
/// Offset and length of 0 end it. For one thread at a time, like the [Upload] that it writes to.
public final class SparseUpload implements Closeable {
    /// Bytes that a piece is sent in at most.
    public static final int MAX_PIECE_BYTES = 2 << 20;

    private static final int SECTOR_BYTES = 512;
    private static final int HEADER_BYTES = 12;

    private final Upload<Ref<Vdi>> upload;
    private final byte[] piece = new byte[MAX_PIECE_BYTES];

    SparseUpload(Upload<Ref<Vdi>> upload) {
        this.upload = upload;
    }

    /// Writes the remaining bytes of `data`, and waits while the host is slower.
    ///
    /// @param offset in the disk, a multiple of 512 like the number of bytes
    public void write(long offset, ByteBuffer data) throws IOException {
        if (offset < 0 || offset % SECTOR_BYTES != 0 || data.remaining() % SECTOR_BYTES != 0) {
            throw new IllegalArgumentException("offset %d, %d bytes; expected multiples of %d"
                    .formatted(offset, data.remaining(), SECTOR_BYTES));
        }
        for (long at = offset; data.hasRemaining(); ) {
            int length = Math.min(MAX_PIECE_BYTES, data.remaining());
            data.get(piece, 0, length);
            header(at, length);
            upload.write(piece, 0, length);
            at += length;
        }
    }

    private void header(long offset, int length) throws IOException {
        var header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        upload.write(header.putLong(offset).putInt(length).array());
    }

    /// Says that this was all, and waits until the host has stored it.
    ///
    /// @throws io.xenolith.source.xapi.error.XapiException if it failed
    public void finish() throws IOException, InterruptedException {
        header(0, 0);
        upload.finish();
    }

    /// Before [#finish()] has returned, this gives the import up; what was written stays written.
    @Override
    public void close() throws IOException {
        upload.close();
    }
}
