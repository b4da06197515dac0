package io.xenolith.source.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedExtension.class)
class VhdReadTest {

    @TempDir
    Path directory;
    Path image;
    Path content;
    Path base;
    Path scratch;

    @BeforeEach
    void nameTheFiles() throws IOException {
        image = directory.resolve("image.vhd");
        content = directory.resolve("content");
        base = directory.resolve("base");
        scratch = Files.createDirectory(directory.resolve("scratch"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"xapi-full", "xo-full", "libvhd-full", "shuffled-full", "partial-full", "cut-full",
        "gaps-full", "old-footer-full", "sector-blocks-full", "small-blocks-full", "large-blocks-full", "fixed",
        "fixed-old-footer"})
    void aWholeDiskReadsTheSameAtRestAndAsAStream(String layout, Seed seed) throws Exception {
        make(layout, seed);
        var expected = Files.readAllBytes(content);
        try (var disk = VhdImage.open(image)) {
            assertArrayEquals(expected, switch (disk) {
                case FixedVhd fixed -> Content.of(fixed, seed.random());
                case DynamicVhd dynamic -> Content.of(dynamic, seed.random());
                case DifferencingVhd _ -> throw new AssertionError("a whole disk was read as a difference");
            });
        }
        try (var stream = openStream(seed.random())) {
            assertArrayEquals(expected, switch (stream) {
                case FixedVhdStream fixed -> Content.of(fixed, seed.random());
                case DynamicVhdStream dynamic -> Content.of(dynamic, seed.random());
                case DifferencingVhd _ -> throw new AssertionError("a whole disk was read as a difference");
            });
        }
        assertNothingIn(scratch);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xapi-delta", "xo-delta", "libvhd-delta", "shuffled-delta", "partial-delta",
        "cut-shuffled-delta", "small-blocks-delta"})
    void aDifferenceLaidOverItsBaseReadsTheSameAtRestAndAsAStream(String layout, Seed seed) throws Exception {
        make(layout, seed);
        var below = Files.readAllBytes(base);
        try (var delta = assertInstanceOf(DifferencingVhd.class, VhdImage.open(image))) {
            assertArrayEquals(Files.readAllBytes(content), Content.of(delta, below, seed.random()));
        }
        try (var delta = assertInstanceOf(DifferencingVhd.class, openStream(seed.random()))) {
            assertArrayEquals(Files.readAllBytes(content), Content.of(delta, below, seed.random()));
        }
        assertNothingIn(scratch);
    }

    @Test
    void aStreamInDiskOrderNeedsNoScratchDirectoryAndOneInAnotherOrderSaysSo(Seed seed) throws Exception {
        scratch = directory.resolve("absent");
        make("partial-full", seed);
        try (var stream = assertInstanceOf(DynamicVhdStream.class, openStream(seed.random()))) {
            assertArrayEquals(Files.readAllBytes(content), Content.of(stream, seed.random()));
        }
        // the first seed from here on whose blocks are not in disk order by chance
        for (long next = seed.value(); ; next++) {
            make("sector-blocks-full", new Seed(next));
            if (!inDiskOrder()) {
                break;
            }
        }
        var e = assertThrows(IOException.class, () -> openStream(seed.random()));
        assertTrue(e.getMessage().contains("cannot keep blocks in the directory " + scratch), e.getMessage());
    }

    private boolean inDiskOrder() throws IOException {
        var table = ByteBuffer.wrap(Files.readAllBytes(image)).slice(1536, 160).asIntBuffer();
        var stored = IntStream.range(0, 40).map(table::get).filter(sector -> sector != -1).toArray();
        return IntStream.range(1, stored.length).allMatch(i -> stored[i - 1] < stored[i]);
    }

    @Test
    void whatIsNotStoredIsNotAllocatedToTheSector(Seed seed) throws Exception {
        make("partial-full", seed);
        var expected = Files.readAllBytes(content);
        try (var disk = assertInstanceOf(DynamicVhd.class, VhdImage.open(image))) {
            var allocated = disk.allocated(new Extent(0, disk.size()));
            for (int at = 0; at < expected.length; at += 512) {
                // the peer stores random bytes, never a sector of zeros
                boolean zero = IntStream.range(at, at + 512).allMatch(i -> expected[i] == 0);
                assertEquals(!zero, allocated.intersects(at, at + 512), "sector at " + at);
            }
            assertEquals(Extents.of(new Extent(0, 512)).intersect(allocated), disk.allocated(new Extent(0, 512)));
            assertThrows(IllegalArgumentException.class, () -> disk.read(disk.size() - 1, ByteBuffer.allocate(2)));
            assertThrows(IllegalArgumentException.class, () -> disk.read(-1, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void severalThreadsReadOneImage(Seed seed) throws Exception {
        make("libvhd-full", seed);
        var expected = Files.readAllBytes(content);
        try (var disk = assertInstanceOf(DynamicVhd.class, VhdImage.open(image));
                var threads = Executors.newFixedThreadPool(4)) {
            var reads = IntStream.range(0, 200).<Callable<Void>>mapToObj(i -> () -> {
                var random = seed.random(i);
                int from = random.nextInt(expected.length);
                var piece = new byte[random.nextInt(Math.min(200_000, expected.length - from) + 1)];
                disk.read(from, ByteBuffer.wrap(piece));
                assertEquals(ByteBuffer.wrap(expected, from, piece.length), ByteBuffer.wrap(piece));
                return null;
            }).toList();
            for (var done : threads.invokeAll(reads)) {
                done.get();
            }
        }
    }

    @Test
    void aDifferenceTellsOfItsParentByIdTimeAndEveryName(Seed seed) throws Exception {
        make("libvhd-delta", seed);
        var time = Instant.parse("2000-01-01T00:00:00Z").plusSeconds(799_999_999);
        var bytes = ByteBuffer.wrap(Files.readAllBytes(image));
        var id = new UUID(bytes.getLong(512 + 40), bytes.getLong(512 + 48));
        try (var delta = assertInstanceOf(DifferencingVhd.class, VhdImage.open(image))) {
            assertEquals(new VhdParent(new VhdIdentity(id, time),
                    List.of("base.vhd", "file://./base.vhd", ".\\base.vhd")), delta.parent());
            assertEquals(new UUID(bytes.getLong(68), bytes.getLong(76)), delta.identity().id());
        }
        make("xapi-delta", seed);
        try (var delta = assertInstanceOf(DifferencingVhd.class, VhdImage.open(image))) {
            // its locator leads to zeros
            assertEquals(List.of("/dev/VG_XenStorage-1/VHD-2"), delta.parent().names());
        }
        try (var delta = assertInstanceOf(DifferencingVhd.class, openStream(seed.random()))) {
            assertEquals(List.of("/dev/VG_XenStorage-1/VHD-2"), delta.parent().names());
        }
    }

    @ParameterizedTest
    @CsvSource({"fixed, 2M, false", "fixed, 25137152, true", "fixed, 1000448, true", "dynamic, 24M, true",
        "dynamic, 24M, false", "dynamic, 100G, true", "dynamic, 2040G, true", "dynamic, 512, true"})
    void anEmptyDiskByQemuHasTheSizeThatQemuTells(String subformat, String size, boolean forced, Seed seed)
            throws Exception {
        Peer.qemuImg("create", "-f", "vpc", "-o", options(subformat, forced), image, size);
        var told = Peer.qemuImg("info", "-f", "vpc", "--output=json", image);
        try (var disk = VhdImage.open(image)) {
            assertTrue(told.contains("\"virtual-size\": %d,".formatted(disk.size())), disk.size() + " and " + told);
        }
        if (subformat.equals("dynamic")) {
            try (var stream = assertInstanceOf(DynamicVhdStream.class, openStream(seed.random()))) {
                assertEquals(stream.size(), stream.skipZeros(Long.MAX_VALUE));
                assertEquals(0, stream.skipZeros(1));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"fixed, true", "fixed, false", "dynamic, true", "dynamic, false"})
    void aDiskWrittenByQemuReadsAsItWas(String subformat, boolean forced, Seed seed) throws Exception {
        var random = seed.random();
        var disk = new byte[(5 << 20) + 512 * random.nextInt(4096)];
        for (int i = 0; i < 3; i++) {
            int from = random.nextInt(disk.length);
            var piece = new byte[random.nextInt(disk.length - from)];
            random.nextBytes(piece);
            System.arraycopy(piece, 0, disk, from, piece.length);
        }
        Files.write(content, disk);
        Peer.qemuImg("convert", "-f", "raw", "-O", "vpc", "-o", options(subformat, forced), content, image);
        try (var read = VhdImage.open(image)) {
            var bytes = Content.of((DiskSource) read, random);
            // without force_size, qemu rounds the size up to its geometry
            assertTrue(forced ? bytes.length == disk.length : bytes.length >= disk.length);
            assertArrayEquals(Arrays.copyOf(disk, bytes.length), bytes);
        }
    }

    private static String options(String subformat, boolean forced) {
        return "subformat=%s,force_size=%s".formatted(subformat, forced ? "on" : "off");
    }

    @Test
    void aHostsErrorMessageIsToldAsSuch() throws IOException {
        var body = "HTTP/1.1 500 Internal Error\r\ncontent-length: 0\r\n\r\n".getBytes();
        Files.write(image, body);
        var atRest = assertThrows(NotVhdException.class, () -> VhdImage.open(image));
        var arriving = assertThrows(NotVhdException.class, () -> openStream(new Random(1)));
        for (var e : List.of(atRest, arriving)) {
            assertTrue(e.getMessage().contains("error message, 'HTTP/1.1 500 Internal Error'"), e.getMessage());
        }
    }

    @Test
    void whatHasNoFooterIsNoVhd() throws IOException {
        Files.write(image, new byte[5000]);
        assertThrows(NotVhdException.class, () -> VhdImage.open(image));
        Files.write(image, new byte[0]);
        assertThrows(NotVhdException.class, () -> VhdImage.open(image));
        assertThrows(NoSuchFileException.class, () -> VhdImage.open(directory.resolve("absent")));
        assertThrows(TruncatedVhdException.class, () -> openStream(new Random(1)));
    }

    private void make(String layout, Seed seed) throws Exception {
        Peer.python("make", layout, seed.value(), image, content, base);
    }

    private VhdStream openStream(Random random) throws IOException {
        if (Files.size(image) > 1 << 28) {
            return VhdStream.open("the stream", Channels.newChannel(Files.newInputStream(image)), scratch);
        }
        return VhdStream.open("the stream", Content.trickle(Files.readAllBytes(image), random), scratch);
    }

    private static void assertNothingIn(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            assertEquals(List.of(), entries.toList());
        }
    }
}
