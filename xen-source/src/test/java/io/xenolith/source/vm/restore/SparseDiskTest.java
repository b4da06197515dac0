package io.xenolith.source.vm.restore;

import io.xenolith.engine.Progress;
import io.xenolith.sim.XenVersion;
import io.xenolith.source.xapi.NewVdi;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Pieces of a disk as they come from restore points: of any length, at any offset.
class SparseDiskTest extends RestoreTest {

    @Test
    void piecesOfAnyLengthArriveWhole() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var storage = xapi.pools().only().defaultSr();
        for (int seed = 0; seed < 10; seed++) {
            var pieces = new Random(seed);
            var vdi = xapi.vdis().get(xapi.vdis().create(new NewVdi(storage, "pieces", "", 2 * MIB, "", Map.of())));
            var expected = new MemoryDisk("seed " + seed, new byte[2 * MIB - 700]);
            try (var upload = xapi.imports().sparseVdi(vdi.ref());
                    var disk = new SparseDisk(upload, false, new Sent(Progress.NONE))) {
                for (int at = 0; at < expected.content.length; ) {
                    int length = Math.min(1 + pieces.nextInt(pieces.nextBoolean() ? 3000 : 200_000),
                            expected.content.length - at);
                    if (pieces.nextInt(3) > 0) {
                        var piece = new byte[length];
                        pieces.nextBytes(piece);
                        System.arraycopy(piece, 0, expected.content, at, length);
                        disk.write(at, ByteBuffer.wrap(piece));
                    }
                    at += length;
                }
                disk.commit();
                upload.finish();
            }
            assertRestored(expected, vdi.uuid());
            Patience.run(() -> xapi.vdis().destroy(vdi.ref()));
        }
    }
}
