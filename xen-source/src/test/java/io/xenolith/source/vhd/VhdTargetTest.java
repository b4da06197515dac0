package io.xenolith.source.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.Extent;
import io.xenolith.source.raw.ExistingTarget;
import io.xenolith.source.raw.SparseFileTarget;
import io.xenolith.source.raw.StreamTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedExtension.class)
class VhdTargetTest {

    private static final int MIB = 1 << 20;
    private static final VhdIdentity IDENTITY = new VhdIdentity(UUID.fromString("8a1e32f4-5f0c-4a7e-9b66-0c1d2e3f4a5b"),
            Instant.parse("2024-02-29T12:34:56Z"));
    private static final VhdIdentity PARENT = new VhdIdentity(UUID.fromString("01234567-89ab-cdef-8edc-ba9876543210"),
            Instant.parse("2024-02-28T01:02:03Z"));

    @TempDir
    Path directory;
    Path image;
    Path raw;
    Path base;

    @BeforeEach
    void nameTheFiles() {
        image = directory.resolve("disk.vhd");
        raw = directory.resolve("disk.raw");
        base = directory.resolve("base.raw");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 2 * MIB, 2 * MIB + 512, 24 * MIB, 7 * MIB + 3 * 512})
    void qemuAndAnIndependentReaderSeeTheDiskThatWasWritten(int size, Seed seed) throws Exception {
        // given a disk that ends in data, where readers that go by geometry stop too early
        var disk = Written.random(size, seed.random());
        disk.write(size - 512, Written.bytes(512, seed.random()));
        // when it is written to a file
        var layout = VhdLayout.dynamic(disk.blocks, IDENTITY);
        writeFile(layout, disk, seed.random());
        // then its length was known
        assertEquals(layout.fileLength(), Files.size(image));
        // and others see every byte of it
        Files.write(raw, disk.content);
        Peer.qemuImg("compare", "-f", "vpc", "-F", "raw", image, raw);
        assertTrue(Peer.qemuImg("info", "-f", "vpc", "--output=json", image)
                .contains("\"virtual-size\": %d,".formatted(size)));
        Files.write(base, new byte[0]);
        var said = Peer.python("read", image, directory.resolve("read"), base);
        assertEquals(List.of("3", "" + size, IDENTITY.id().toString(), "" + IDENTITY.time().getEpochSecond(),
                new UUID(0, 0).toString(), "946684800"), said.lines().toList());
        assertArrayEquals(disk.content, Files.readAllBytes(directory.resolve("read")));
        // and so do we
        try (var read = assertInstanceOf(DynamicVhd.class, VhdImage.open(image))) {
            assertEquals(IDENTITY, read.identity());
            assertArrayEquals(disk.content, Content.of(read, seed.random()));
        }
    }

    @Test
    void aDifferenceIsCompleteAndNamesItsParent(Seed seed) throws Exception {
        var below = Written.bytes(9 * MIB + 512, seed.random());
        var disk = Written.random(below.length, seed.random());
        var layout = VhdLayout.differencing(disk.blocks, IDENTITY, PARENT, "base ä.vhd");
        writeFile(layout, disk, seed.random());
        var expected = disk.laidOver(below);

        Files.write(base, below);
        var said = Peer.python("read", image, directory.resolve("read"), base);
        assertEquals(List.of("4", "" + below.length, IDENTITY.id().toString(), "" + IDENTITY.time().getEpochSecond(),
                PARENT.id().toString(), "" + PARENT.time().getEpochSecond(),
                "base ä.vhd", ".\\base ä.vhd", "file://./base ä.vhd"), said.lines().toList());
        assertArrayEquals(expected, Files.readAllBytes(directory.resolve("read")));

        try (var delta = assertInstanceOf(DifferencingVhd.class, VhdImage.open(image))) {
            assertEquals(new VhdParent(PARENT, List.of("base ä.vhd", ".\\base ä.vhd", "file://./base ä.vhd")),
                    delta.parent());
            assertArrayEquals(expected, Content.of(delta, below, seed.random()));
        }
    }

    @Test
    void aChainOfDifferencesEndsInTheLastDisk(Seed seed) throws Exception {
        var random = seed.random();
        var expected = new byte[8 * MIB];
        var read = expected;
        for (int i = 0; i < 4; i++) {
            // given a change to the disk before
            var disk = Written.random(expected.length, random);
            expected = disk.laidOver(expected);
            // when it is written as a stream, and the stream is read
            var bytes = writeStream(VhdLayout.differencing(disk.blocks, IDENTITY, PARENT, "before.vhd"), disk);
            try (var stream = VhdStream.open("the stream", Content.trickle(bytes, random), directory)) {
                read = Content.of(assertInstanceOf(DifferencingVhd.class, stream), read, random);
            }
            // then every link gives its disk
            assertArrayEquals(expected, read);
        }
    }

    @Test
    void aStreamHasTheSameBytesAsAFile(Seed seed) throws Exception {
        for (int i = 0; i < 8; i++) {
            var random = seed.random(i);
            var disk = Written.random(512 * (1 + random.nextInt(20_000)), random);
            var layout = random.nextBoolean() ? VhdLayout.dynamic(disk.blocks, IDENTITY)
                    : VhdLayout.differencing(disk.blocks, IDENTITY, PARENT, "base.vhd");
            writeFile(layout, disk, random);
            var streamed = writeStream(layout, disk);
            assertEquals(layout.fileLength(), streamed.length);
            assertArrayEquals(Files.readAllBytes(image), streamed);
            Files.delete(image);
        }
    }

    @Test
    void aDiskWithoutDataIsAllTableAndNoBlocks() throws Exception {
        for (long size : new long[] {0, 512, 100L << 30, 2040L << 30}) {
            var layout = VhdLayout.dynamic(new DiskBlocks(size, VhdLayout.BLOCK_BYTES), IDENTITY);
            try (var target = new VhdTarget(layout, SparseFileTarget.create(image, layout.fileLength(), true))) {
                assertFalse(target.sequential());
                assertFalse(target.needsZeros());
                target.commit();
            }
            try (var read = assertInstanceOf(DynamicVhd.class, VhdImage.open(image))) {
                assertEquals(size, read.size());
                assertTrue(size == 0 || read.allocated(new Extent(0, size)).isEmpty());
            }
            assertTrue(Peer.qemuImg("info", "-f", "vpc", "--output=json", image)
                    .contains("\"virtual-size\": %d,".formatted(size)));
        }
    }

    @Test
    void theLargestDiskStoredWholeHasANumberForEverySector() throws Exception {
        long size = 2040L << 30;
        var all = new DiskBlocks(size, VhdLayout.BLOCK_BYTES);
        all.add(new Extent(0, size));
        var layout = VhdLayout.dynamic(all, IDENTITY);
        assertTrue(layout.fileLength() / 512 < 0xFFFF_FFFFL);
        assertEquals(layout.fileLength() - 512, layout.table().end(all.onDisk() - 1));
    }

    @Test
    void aDiskIsPaddedToWholeSectors() throws Exception {
        var blocks = new DiskBlocks(1000, VhdLayout.BLOCK_BYTES);
        blocks.add(0);
        var layout = VhdLayout.dynamic(blocks, IDENTITY);
        assertEquals(1024, layout.diskSize());
        var bytes = new ByteArrayOutputStream();
        try (var target = new VhdTarget(layout, new StreamTarget("the stream", bytes))) {
            target.write(0, ByteBuffer.wrap(Written.bytes(1000, new Random(1))));
            target.commit();
        }
        try (var disk = assertInstanceOf(DynamicVhd.class,
                VhdImage.open(new BytesAtRest(bytes.toByteArray()), "the image"))) {
            assertArrayEquals(Arrays.copyOf(Written.bytes(1000, new Random(1)), 1024), Content.of(disk, new Random(1)));
        }
    }

    @Test
    void aDiskAbove2040GibIsRefused() {
        var e = assertThrows(VhdTooLargeException.class,
                () -> VhdLayout.dynamic(new DiskBlocks((2040L << 30) + 1, VhdLayout.BLOCK_BYTES), IDENTITY));
        assertTrue(e.getMessage().contains("choose another format"), e.getMessage());
    }

    @Test
    void misuseIsTold() throws Exception {
        var blocks = new DiskBlocks(6 * MIB, VhdLayout.BLOCK_BYTES);
        blocks.add(1);
        var layout = VhdLayout.dynamic(blocks, IDENTITY);
        var received = new ByteArrayOutputStream();
        try (var target = new VhdTarget(layout, new StreamTarget("the stream", received))) {
            assertTrue(target.sequential());
            assertFalse(target.needsZeros());
            assertThrows(IllegalStateException.class, () -> target.write(0, ByteBuffer.allocate(1)));
            assertThrows(IllegalStateException.class, () -> target.write(4 * MIB - 1, ByteBuffer.allocate(2)));
            assertThrows(IllegalArgumentException.class, () -> target.write(3 * MIB, ByteBuffer.allocate(1)));
            assertThrows(IllegalArgumentException.class, () -> target.write(6 * MIB, ByteBuffer.allocate(1)));
        }
        Files.write(image, new byte[1]);
        try (var existing = ExistingTarget.open(image, layout.fileLength())) {
            assertThrows(IllegalArgumentException.class, () -> new VhdTarget(layout, existing));
        }
        assertThrows(IllegalArgumentException.class,
                () -> VhdLayout.dynamic(new DiskBlocks(6 * MIB, 1 << 16), IDENTITY));
        for (var name : List.of("a/b", "a\\b", "a\0", "x".repeat(255), "\u20ac".repeat(200))) {
            assertThrows(IllegalArgumentException.class,
                    () -> VhdLayout.differencing(blocks, IDENTITY, PARENT, name), name);
        }
        VhdLayout.differencing(blocks, IDENTITY, PARENT, "x".repeat(254));
    }

    @Test
    void withoutACommitThereIsNoFile() throws Exception {
        var disk = Written.random(3 * MIB, new Random(1));
        var layout = VhdLayout.dynamic(disk.blocks, IDENTITY);
        try (var target = new VhdTarget(layout, SparseFileTarget.create(image, layout.fileLength(), false))) {
            disk.writeTo(target);
        }
        assertFalse(Files.exists(image));
    }

    private void writeFile(VhdLayout layout, Written disk, Random random) throws Exception {
        var pieces = new ArrayList<Callable<Void>>();
        try (var target = new VhdTarget(layout, SparseFileTarget.create(image, layout.fileLength(), false));
                var threads = Executors.newFixedThreadPool(4)) {
            for (var extent : disk.pieces) {
                pieces.add(() -> {
                    target.write(extent.offset(), disk.piece(extent));
                    return null;
                });
            }
            Collections.shuffle(pieces, random);
            for (var done : threads.invokeAll(pieces)) {
                done.get();
            }
            target.commit();
        }
    }

    private static byte[] writeStream(VhdLayout layout, Written disk) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var target = new VhdTarget(layout, new StreamTarget("the stream", bytes))) {
            disk.writeTo(target);
            target.commit();
        }
        return bytes.toByteArray();
    }

    /// A disk of which pieces were written, in ascending order, with gaps.
    private static final class Written {
        final byte[] content;
        final DiskBlocks blocks;
        final List<Extent> pieces = new ArrayList<>();

        private Written(int size) {
            content = new byte[size];
            blocks = new DiskBlocks(size, VhdLayout.BLOCK_BYTES);
        }

        static Written random(int size, Random random) {
            var written = new Written(size);
            int at = random.nextInt(size);
            while (at < size - 512) {
                int length = 1 + random.nextInt(Math.min(size - 512 - at, random.nextBoolean() ? 3 * MIB : 70_000));
                written.write(at, bytes(length, random));
                at += length + (random.nextBoolean() ? 0 : random.nextInt(5 * MIB));
            }
            if (random.nextBoolean()) {
                written.blocks.add(random.nextInt(written.blocks.onDisk())); // stored, but perhaps nowhere written
            }
            return written;
        }

        static byte[] bytes(int length, Random random) {
            var bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        }

        void write(int offset, byte[] bytes) {
            System.arraycopy(bytes, 0, content, offset, bytes.length);
            var extent = new Extent(offset, bytes.length);
            pieces.add(extent);
            blocks.add(extent);
        }

        ByteBuffer piece(Extent extent) {
            return ByteBuffer.wrap(content, (int) extent.offset(), (int) extent.length());
        }

        void writeTo(DiskTarget target) throws IOException {
            for (var extent : pieces) {
                target.write(extent.offset(), piece(extent));
            }
        }

        /// Stored blocks replace those of `below` whole.
        byte[] laidOver(byte[] below) {
            var above = below.clone();
            for (var extent : blocks.within(new Extent(0, content.length))) {
                System.arraycopy(content, (int) extent.offset(), above, (int) extent.offset(), (int) extent.length());
            }
            return above;
        }
    }
}
