package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.MemoryTarget;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.source.raw.SparseFileTarget;
import io.xenolith.source.raw.StreamTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedExtension.class)
class Qcow2TargetTest {
    private static final int CLUSTER = Qcow2Layout.CLUSTER_BYTES;

    @TempDir
    Path directory;
    Path image;

    @BeforeEach
    void nameTheImage() {
        image = directory.resolve("disk.qcow2");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 512, 65_536, 66_048, 5_000_192, (1L << 29) - 512, (1L << 29) + 65_536, (5L << 40) + 1024})
    void anImageOfAnySizeShowsTheDisk(long size, Seed seed) throws IOException {
        var disk = TestDisk.random(seed.random(), size);
        var layout = Qcow2Layout.of(TestDisk.clusters(disk));
        try (var target = new Qcow2Target(SparseFileTarget.create(image, layout.fileBytes(), false), layout)) {
            assertFalse(target.sequential());
            assertFalse(target.needsZeros());
            TestDisk.write(disk, target, 1 << 20);
            target.commit();
        }
        assertEquals(layout.fileBytes(), Files.size(image));
        Qemu.assertShows(TestDisk.asRaw(disk, directory.resolve("raw")), image);
    }

    @Test
    void aStreamHoldsTheSameBytesAsAFile(Seed seed) throws IOException {
        var disk = TestDisk.random(seed.random(), 3_000_320);
        disk.write(1_000_000, TestDisk.bytes(seed.random(1), 300));
        var clusters = TestDisk.clusters(disk);
        clusters.add(20); // one that nobody writes to
        var layout = Qcow2Layout.of(clusters);
        var stream = directory.resolve("stream");
        try (var target = new Qcow2Target(new StreamTarget("stream", Files.newOutputStream(stream)), layout)) {
            assertTrue(target.sequential());
            assertFalse(target.needsZeros());
            TestDisk.write(disk, target, 10_000);
            target.commit();
        }
        try (var target = new Qcow2Target(SparseFileTarget.create(image, layout.fileBytes(), false), layout)) {
            TestDisk.write(disk, target, 65_536);
            target.commit();
        }
        assertArrayEquals(Files.readAllBytes(image), Files.readAllBytes(stream));
        Qemu.assertShows(TestDisk.asRaw(disk, directory.resolve("raw")), stream);
    }

    @Test
    void writesInAnyOrderFromSeveralThreadsMakeTheImage(Seed seed) throws Exception {
        var disk = TestDisk.random(seed.random(), 40L << 20);
        var layout = Qcow2Layout.of(TestDisk.clusters(disk));
        var writes = new ArrayList<Callable<Void>>();
        try (var target = new Qcow2Target(SparseFileTarget.create(image, layout.fileBytes(), false), layout);
                var threads = Executors.newFixedThreadPool(4)) {
            for (var piece : TestDisk.pieces(disk, 100_000)) {
                writes.add(() -> {
                    target.write(piece.offset(), ByteBuffer.wrap(disk.bytes(piece.offset(), (int) piece.length())));
                    return null;
                });
            }
            Collections.shuffle(writes, seed.random(1));
            for (Future<Void> done : threads.invokeAll(writes)) {
                done.get();
            }
            target.commit();
        }
        Qemu.assertShows(TestDisk.asRaw(disk, directory.resolve("raw")), image);
    }

    @Test
    void aDeltaHoldsZerosThatHideTheBackingFile(Seed seed) throws IOException {
        // given a disk, full of data
        var base = new SparseDisk(1 << 20);
        base.write(0, TestDisk.bytes(new Random(seed.value() * 3), 1 << 20));
        var baseImage = TestDisk.asRaw(base, directory.resolve("base.raw"));
        // when a delta changes cluster 3 and zeroes cluster 5
        var changed = base.copy();
        changed.write(3 * CLUSTER, seed.random().ints(CLUSTER).collect(() -> new byte[CLUSTER],
                (bytes, value) -> bytes[value & 0xffff] = (byte) value, (a, b) -> { }));
        changed.write(5 * CLUSTER, new byte[CLUSTER]);
        var clusters = new DiskBlocks(base.size(), CLUSTER);
        clusters.add(3);
        clusters.add(5);
        var layout = Qcow2Layout.over(new BackingFile("base.raw", "raw"), clusters);
        try (var target = new Qcow2Target(new StreamTarget("delta", Files.newOutputStream(image)), layout)) {
            target.write(3 * CLUSTER, ByteBuffer.wrap(changed.bytes(3 * CLUSTER, CLUSTER)));
            target.commit();
        }
        // then qemu sees both changes above the base, and the zeros are data to whoever looks no further than the entry
        Qemu.assertShows(TestDisk.asRaw(changed, directory.resolve("changed.raw")), image);
        var info = Qemu.run("qemu-img", "info", "--output=json", image);
        assertTrue(info.contains("\"backing-filename-format\": \"raw\""), info);
        var map = Qemu.run("qemu-img", "map", "--output=json", image).lines().filter(line -> line.contains("\"depth\": 0"))
                .toList();
        assertEquals(2, map.size(), map.toString());
        assertTrue(map.stream().allMatch(line -> line.contains("\"zero\": false")), map.toString());
        assertTrue(baseImage.toFile().exists());
    }

    @Test
    void theLengthOfAHugeImageIsKnownBeforehand() {
        // 1 TiB, every cluster stored: 512 refcount blocks for the data, and one for the tables and themselves
        var clusters = new DiskBlocks(1L << 40, CLUSTER);
        clusters.add(new Extent(0, 1L << 40));
        var layout = Qcow2Layout.of(clusters);
        long tables = 2048;
        long metadata = layout.fileBytes() / CLUSTER - (1 << 24);
        assertEquals(1 + 1 + 513 + 1 + tables, metadata);
        assertEquals(layout.fileBytes() - CLUSTER, layout.position((1 << 24) - 1));
    }

    @Test
    void aWriteThatTheLayoutHasNoPlaceForIsMisuse() {
        var clusters = new DiskBlocks(4 * CLUSTER + 100, CLUSTER);
        clusters.add(1);
        var layout = Qcow2Layout.of(clusters);
        assertEquals(4 * CLUSTER + 512, layout.diskBytes());
        var file = MemoryTarget.blank(layout.fileBytes());
        var target = new Qcow2Target(file, layout);
        assertThrows(IllegalStateException.class, () -> target.write(CLUSTER - 1, ByteBuffer.allocate(2)));
        assertThrows(IllegalStateException.class, () -> target.write(2 * CLUSTER - 1, ByteBuffer.allocate(2)));
        assertThrows(IllegalArgumentException.class, () -> target.write(4 * CLUSTER, ByteBuffer.allocate(513)));
        assertTrue(file.written().isEmpty());
        assertThrows(IllegalArgumentException.class,
                () -> new Qcow2Target(MemoryTarget.holding(new SparseDisk(layout.fileBytes())), layout));
    }

    @Test
    void withoutACommitTheFileHasNoHeader() throws IOException {
        var clusters = new DiskBlocks(4 * CLUSTER, CLUSTER);
        clusters.add(1);
        var layout = Qcow2Layout.of(clusters);
        var file = MemoryTarget.blank(layout.fileBytes());
        try (var target = new Qcow2Target(file, layout)) {
            target.write(CLUSTER, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        }
        assertFalse(file.isCommitted());
        assertArrayEquals(new byte[CLUSTER], file.content().bytes(0, CLUSTER));
    }
}
