package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.Extent;
import io.xenolith.source.xapi.DiskFormat;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Vdi;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Reads a restored disk back from the pool and compares it, to the byte, with the stored one.
final class Comparison {
    private static final int PIECE_BYTES = 1 << 20;

    private final Xapi xapi;

    Comparison(Xapi xapi) {
        this.xapi = xapi;
    }

    /// @throws IOException if they differ, saying where, or if one of them cannot be read
    void require(StoredDisk stored, Vdi restored) throws IOException, InterruptedException {
        Patience.run(() -> compare(stored, restored));
    }

    private void compare(StoredDisk stored, Vdi restored) throws IOException, InterruptedException {
        var expected = new byte[PIECE_BYTES];
        var found = new byte[PIECE_BYTES];
        try (var in = Uninterrupted.get(() -> xapi.exports().rawVdi(restored.ref(), DiskFormat.RAW));
                var disk = stored.open()) {
            for (long at = 0; at < restored.virtualSize(); at += PIECE_BYTES) {
                int length = (int) Math.min(PIECE_BYTES, restored.virtualSize() - at);
                int read = in.readNBytes(found, 0, length);
                int inside = (int) Math.max(0, Math.min(length, disk.size() - at));
                Arrays.fill(expected, (byte) 0); // what lies behind the disk's end
                if (inside > 0 && !disk.allocated(Extent.between(at, at + inside)).isEmpty()) {
                    disk.read(at, ByteBuffer.wrap(expected, 0, inside));
                }
                int differs = Arrays.mismatch(expected, 0, length, found, 0, read);
                if (differs >= 0) {
                    throw new IOException("disk '%s' was read back otherwise than it is stored, from byte %d on"
                            .formatted(stored.name(), at + differs));
                }
            }
            in.finish();
        }
    }
}
