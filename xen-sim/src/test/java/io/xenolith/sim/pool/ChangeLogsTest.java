package io.xenolith.sim.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.xenolith.sim.rpc.XapiFailure;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// Change logs against a model that remembers every write.
class ChangeLogsTest {
    private static final int BLOCKS = 100;
    private static final long SIZE = (long) BLOCKS * ChangeLog.BLOCK - 1000;
    private static final String LIVE = "live";

    private final ChangeLogs logs = new ChangeLogs();

    /// A snapshot, and how many writes had happened when it was taken.
    private record Taken(String name, int writes) {}

    @Test
    void aBitmapHasExactlyWhatWasWrittenBetweenTwoSnapshotsWhicheverWentInBetween() {
        long seed = Long.getLong("xenolith.seed", ThreadLocalRandom.current().nextLong(1L << 40));
        var random = new Random(seed);
        var writes = new ArrayList<Integer>();
        var snapshots = new ArrayList<Taken>();
        logs.enable(LIVE, SIZE);
        for (int step = 0; step < 500; step++) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    var taken = new Taken("snapshot " + step, writes.size());
                    logs.snapshot(LIVE, taken.name());
                    snapshots.add(taken);
                }
                case 1 -> {
                    if (!snapshots.isEmpty()) {
                        logs.destroy(snapshots.remove(random.nextInt(snapshots.size())).name());
                    }
                }
                default -> {
                    int block = random.nextInt(BLOCKS);
                    logs.mark(LIVE, (long) block * ChangeLog.BLOCK, 1);
                    writes.add(block);
                }
            }
        }
        for (int from = 0; from < snapshots.size(); from++) {
            for (int to = from + 1; to < snapshots.size(); to++) {
                var expected = new BitSet();
                writes.subList(snapshots.get(from).writes(), snapshots.get(to).writes()).forEach(expected::set);
                assertEquals(expected, changed(snapshots.get(from).name(), snapshots.get(to).name()),
                        "repeat with -Dxenolith.seed=" + seed);
            }
        }
    }

    private BitSet changed(String from, String to) {
        var bitmap = logs.changedBlocks(from, to, List.of());
        assertEquals((BLOCKS + 7) / 8, bitmap.length);
        var blocks = new BitSet();
        for (int block = 0; block < bitmap.length * 8; block++) {
            blocks.set(block, (bitmap[block >> 3] & 0x80 >> (block & 7)) != 0);
        }
        return blocks;
    }

    @Test
    void aChainEndsWhereTrackingWasOff() {
        logs.enable(LIVE, SIZE);
        logs.snapshot(LIVE, "before");
        logs.disable(LIVE);
        logs.enable(LIVE, SIZE);
        logs.snapshot(LIVE, "after");
        assertEquals("SR_BACKEND_FAILURE_460", assertThrows(XapiFailure.class, () -> changed("before", "after")).code());
    }

    @Test
    void aGrownDiskHasALongerBitmapAndAShrunkOneNone() {
        logs.enable(LIVE, SIZE);
        logs.snapshot(LIVE, "small");
        logs.resize(LIVE, 2 * SIZE);
        logs.snapshot(LIVE, "large");
        assertEquals(25, logs.changedBlocks("small", "large", List.of()).length);
        logs.resize(LIVE, SIZE);
        assertEquals("SR_BACKEND_FAILURE_459",
                assertThrows(XapiFailure.class, () -> logs.changedBlocks("large", LIVE, List.of())).code());
    }

    @Test
    void anUntrustedLogOnTheWaySpoilsTheAnswer() {
        logs.enable(LIVE, SIZE);
        logs.snapshot(LIVE, "first");
        logs.setInconsistent(LIVE);
        logs.snapshot(LIVE, "second");
        logs.snapshot(LIVE, "third");
        assertEquals("SR_BACKEND_FAILURE_459", assertThrows(XapiFailure.class, () -> changed("first", "third")).code());
        logs.destroy("second");
        assertEquals("SR_BACKEND_FAILURE_459", assertThrows(XapiFailure.class, () -> changed("first", "third")).code());
        assertEquals(new BitSet(), changed("third", LIVE));
    }
}
