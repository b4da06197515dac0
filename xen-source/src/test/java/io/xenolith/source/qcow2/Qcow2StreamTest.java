package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.source.fuzz.Qcow2Fuzz;
import io.xenolith.source.raw.StreamTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedExtension.class)
class Qcow2StreamTest {
    private static final int CLUSTER = Qcow2Layout.CLUSTER_BYTES;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {0, 512, 66_048, 5_000_192, 40_000_000})
    void aWholeDiskComesInPiecesOfAnyLength(long size, Seed seed) throws IOException {
        var random = seed.random();
        var disk = TestDisk.random(random, size);
        var found = new ByteArrayOutputStream();
        try (var stream = open(image(disk)).whole()) {
            while (true) {
                if (random.nextBoolean()) {
                    found.write(new byte[(int) stream.skipZeros(random.nextInt(300_000))]);
                }
                var piece = ByteBuffer.allocate(1 + random.nextInt(200_000));
                stream.read(piece);
                found.write(piece.array(), 0, piece.position());
                if (piece.hasRemaining()) {
                    break;
                }
            }
            assertEquals(0, stream.skipZeros(1));
        }
        // the image rounds the disk up to whole sectors
        assertArrayEquals(disk.bytes(0, (int) Math.ceilDiv(size, 512) * 512), found.toByteArray());
    }

    @Test
    void whatIsNotStoredIsSkippedAtOnce() throws IOException {
        var disk = new SparseDisk(10L << 30);
        disk.write(9L << 30, new byte[] {1});
        try (var stream = open(image(disk)).whole()) {
            assertEquals(9L << 30, stream.skipZeros(Long.MAX_VALUE));
            assertEquals(0, stream.skipZeros(1));
            stream.read(ByteBuffer.allocate(CLUSTER));
            assertEquals((1L << 30) - CLUSTER, stream.skipZeros(Long.MAX_VALUE));
        }
    }

    @Test
    void changesComeRegionByRegionAndMayBePassedOver(Seed seed) throws IOException {
        var random = seed.random();
        var disk = TestDisk.random(random, 20L << 20);
        disk.write((19L << 20) + 5, new byte[] {1});
        var clusters = TestDisk.clusters(disk);
        try (var changes = open(image(disk)).changes()) {
            assertEquals(disk.size(), changes.size());
            for (long at = 0; at < disk.size();) {
                var region = Extent.between(at, Math.min(disk.size(), at + 1 + random.nextInt(3 << 20)));
                at = region.end();
                if (random.nextInt(4) == 0) {
                    continue;
                }
                var bytes = new byte[(int) region.length()];
                var found = changes.read(region, bytes);
                assertEquals(clusters.within(region), found);
                assertEquals(clusters.within(region), changes.touched().within(region));
                found.forEach(extent -> assertArrayEquals(disk.bytes(extent.offset(), (int) extent.length()),
                        Arrays.copyOfRange(bytes, (int) (extent.offset() - region.offset()),
                                (int) (extent.end() - region.offset()))));
            }
        }
    }

    @Test
    void zeroClustersAreChangesOfADelta() throws IOException {
        var disk = new SparseDisk(4 * CLUSTER);
        disk.write(CLUSTER, new byte[] {7});
        var image = image(disk);
        ByteBuffer.wrap(image).putLong((4 << 16) + 3 * 8, 1); // L2, behind header, two of refcounts, and L1
        try (var changes = open(image).changes()) {
            var bytes = new byte[4 * CLUSTER];
            Arrays.fill(bytes, (byte) 9);
            var found = changes.read(new Extent(0, bytes.length), bytes);
            assertEquals("[[65536, 131072), [196608, 262144)]", found.toString());
            assertEquals(7, bytes[CLUSTER]);
            assertEquals(0, bytes[4 * CLUSTER - 1]);
            assertEquals(9, bytes[2 * CLUSTER]);
        }
    }

    @Test
    void anImageThatNamesAnotherOneIsReadAsADeltaOnly() throws IOException {
        var clusters = new DiskBlocks(CLUSTER, CLUSTER);
        var out = new ByteArrayOutputStream();
        try (var target = new Qcow2Target(new StreamTarget("image", out),
                Qcow2Layout.over(new BackingFile("base", "raw"), clusters))) {
            target.commit();
        }
        try (var stream = open(out.toByteArray())) {
            assertEquals("base", stream.backing().orElseThrow().name());
            assertThrows(Qcow2Exception.class, stream::whole);
            assertEquals(0, stream.changes().touched().count());
        }
    }

    @Test
    void aTruncatedStreamIsRefusedAtEveryLength() throws IOException {
        var disk = new SparseDisk(3 * CLUSTER);
        disk.write(CLUSTER, new byte[] {7});
        var image = image(disk);
        for (int length = 0; length < image.length; length += length % CLUSTER < 200 ? 1 : 997) {
            int cut = length;
            var e = assertThrows(Qcow2Exception.class, () -> {
                try (var stream = open(Arrays.copyOf(image, cut)).whole()) {
                    stream.read(ByteBuffer.allocate(3 * CLUSTER));
                }
            }, () -> "cut to " + cut);
            assertTrue(e.getMessage().contains("byte " + cut + ": the stream ends here"), e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"write -P 1 128k 64k;write -P 2 0 64k", "write -c -P 1 0 64k"})
    void anotherOrderIsRefusedWithAWayOut(String writes) throws IOException {
        var image = directory.resolve("image");
        Qemu.create(image, "compat=1.1", 1 << 20);
        Qemu.io(image, writes.split(";"));
        var e = assertThrows(Qcow2Exception.class, () -> open(Files.readAllBytes(image)));
        assertTrue(e.getMessage().contains("save it to a file and read that"), e.getMessage());
    }

    @Test
    void aFlippedBitNeverGetsFurtherThanARefusal() throws IOException {
        var disk = new SparseDisk(3 * CLUSTER);
        disk.write(CLUSTER, new byte[] {7});
        var image = image(disk);
        for (int at : new int[] {0, 3 << 16, 4 << 16}) { // header, L1 and L2
            for (int bit = at * 8; bit < at * 8 + 112 * 8; bit++) {
                image[bit / 8] ^= (byte) (1 << bit % 8);
                try {
                    Qcow2Fuzz.stream(image);
                } catch (Qcow2Exception e) {
                    assertTrue(e.getMessage().startsWith("qcow2 image input"), e.getMessage());
                }
                image[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
    }

    private static Qcow2Stream open(byte[] image) throws IOException {
        return Qcow2Stream.open("stream", Channels.newChannel(new ByteArrayInputStream(image)));
    }

    private static byte[] image(SparseDisk disk) throws IOException {
        var layout = Qcow2Layout.of(TestDisk.clusters(disk));
        var out = new ByteArrayOutputStream();
        try (var target = new Qcow2Target(new StreamTarget("image", out), layout)) {
            TestDisk.write(disk, target, 1 << 20);
            target.commit();
        }
        return out.toByteArray();
    }
}
