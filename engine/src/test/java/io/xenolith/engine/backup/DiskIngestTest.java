package io.xenolith.engine.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.store.MemoryChunkStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What ingesting a disk does when it cannot trust what it is told, or cannot read.
@ExtendWith(SeedExtension.class)
class DiskIngestTest {

    private static final int SIZE = 20 << 20;
    private static final int HALF = SIZE / 2;

    private final MemoryChunkStore store = new MemoryChunkStore(new Chunking(16 << 10), ChunkIdentity.plain());
    private final DiskIngest ingest = new DiskIngest(store, 2, Progress.NONE);
    private final SparseDisk disk = new SparseDisk(SIZE);
    private Random random;
    private ChunkId base;

    /// A disk whose second half is a hole, and a full of it.
    @BeforeEach
    void makeBase(Seed seed) throws Exception {
        random = seed.random();
        disk.write(0, bytes(HALF));
        base = ingest.whole(disk).root();
    }

    @Test
    void unreportedChangesAreFoundAndTheDiskIsReadAsAWhole() throws Exception {
        disk.write(0, bytes(HALF));
        var increment = ingest.changed(disk, new ChangesSince(base, Extents.NONE), random);
        var reading = assertInstanceOf(Reading.WholeInstead.class, increment.reading());
        assertTrue(reading.reason().contains("differ from the base"), reading.reason());
        assertIsFullOf(disk, increment);
        assertTrue(increment.bytesRead() > HALF, "the sample and the whole");
    }

    @Test
    void dataInWhatIsSaidToBeAHoleIsFound() throws Exception {
        disk.write(HALF, bytes(HALF));
        var increment = ingest.changed(disk, new ChangesSince(base, Extents.NONE), random);
        assertInstanceOf(Reading.WholeInstead.class, increment.reading());
        assertIsFullOf(disk, increment);
    }

    @Test
    void aBaseWithoutAMapIsReadAround() throws Exception {
        var nowhere = new ChunkId(1, 2, 3, 4);
        var increment = ingest.changed(disk, new ChangesSince(nowhere, Extents.NONE), random);
        var reading = assertInstanceOf(Reading.WholeInstead.class, increment.reading());
        assertTrue(reading.reason().startsWith("the base cannot be read: "), reading.reason());
        assertIsFullOf(disk, increment);
    }

    @Test
    void aBaseWithALostChunkThatCuttingNeedsIsReadAround() throws Exception {
        // given a change of one byte in the middle of a chunk that the store has lost
        var chunk = BlockMap.open(store.nodes(), base).chunks(1 << 20, (1 << 20) + 1).getFirst();
        store.stored().remove(chunk.id());
        disk.write(1 << 20, bytes(1));
        // when only that byte is read
        var increment = ingest.changed(disk, new ChangesSince(base, Extents.of(new Extent(1 << 20, 1))), random);
        // then the rest of the chunk is missing, and comes from the disk
        assertInstanceOf(Reading.WholeInstead.class, increment.reading());
        assertIsFullOf(disk, increment);
    }

    @Test
    void aFailingSourceEndsTheIngestWithItsOwnErrorAndLeavesNoThread() {
        var failure = new IOException("the disk is gone");
        var failing = new DiskSource() {
            @Override
            public long size() {
                return SIZE;
            }

            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                if (offset >= HALF) {
                    throw failure;
                }
                target.position(target.limit());
            }

            @Override
            public void close() {
            }
        };
        assertSame(failure, assertThrows(IOException.class, () -> ingest.whole(failing)));
        var everything = Extents.between(0, SIZE);
        assertSame(failure, assertThrows(IOException.class,
                () -> ingest.changed(failing, new ChangesSince(base, everything), random)));
        assertTrue(Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith("ingest-")));
    }

    private void assertIsFullOf(SparseDisk expected, IngestedDisk ingested) throws Exception {
        var elsewhere = new MemoryChunkStore(store.chunking(), store.identity());
        assertEquals(new DiskIngest(elsewhere, 1, Progress.NONE).whole(expected.copy()).root(), ingested.root());
    }

    private byte[] bytes(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
