package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.source.raw.RawFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Images made by qemu.
@ExtendWith(SeedExtension.class)
class Qcow2ImageTest {
    @TempDir
    Path directory;
    Path image;
    Path raw;

    @BeforeEach
    void nameTheFiles() {
        image = directory.resolve("disk.qcow2");
        raw = directory.resolve("disk.raw");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "compat=0.10                                              |    | 5000192",
        "compat=1.1                                               |    | 5000192",
        "compat=1.1,cluster_size=512                              |    | 5000192",
        "compat=0.10,cluster_size=512                             | -c | 3000320",
        "compat=1.1,cluster_size=4096                             | -c | 5000192",
        "compat=1.1,cluster_size=2M                               |    | 5000192",
        "compat=1.1,cluster_size=2M                               | -c | 9000448",
        "compat=1.1,cluster_size=65536                            | -c | 5000192",
        "compat=1.1,compression_type=zstd                         | -c | 5000192",
        "compat=1.1,compression_type=zstd,cluster_size=2M         | -c | 9000448",
        "compat=1.1,preallocation=metadata                        |    | 5000192",
        "compat=1.1,preallocation=full,cluster_size=512           |    | 1000448",
        "compat=1.1,lazy_refcounts=on,refcount_bits=64            |    | 5000192",
        "compat=1.1,refcount_bits=1                               |    | 5000192",
        "compat=1.1                                               |    | 0",
        "compat=1.1                                               |    | 512",
        "compat=1.1                                               |    | 1073742336"})
    void anImageShowsWhatQemuPutIntoIt(String options, String compressed, long size, Seed seed) throws IOException {
        var disk = TestDisk.random(seed.random(), size);
        TestDisk.asRaw(disk, raw);
        var command = new ArrayList<Object>(Arrays.asList("qemu-img", "convert", "-f", "raw", "-O", "qcow2", "-o", options));
        if (compressed != null) {
            command.add(compressed);
        }
        command.add(raw);
        command.add(image);
        Qemu.run(command.toArray());
        try (var whole = Qcow2Image.open(image).whole()) {
            assertShows(disk, whole, seed.random(1));
        }
    }

    private static void assertShows(SparseDisk disk, DiskSource found, Random random) throws IOException {
        assertEquals(disk.size(), found.size());
        if (disk.size() == 0) {
            return;
        }
        // everything, piece by piece
        for (var extent : TestDisk.pieces(disk, 1 << 20)) {
            assertArrayEquals(disk.bytes(extent.offset(), (int) extent.length()), read(found, extent), extent.toString());
        }
        // what is said to be no data is none
        var allocated = found.allocated(new Extent(0, disk.size()));
        for (var written : TestDisk.pieces(disk, 1 << 20)) {
            var rest = disk.bytes(written.offset(), (int) written.length());
            allocated.within(written.offset(), written.end()).forEach(extent -> Arrays.fill(rest,
                    (int) (extent.offset() - written.offset()), (int) (extent.end() - written.offset()), (byte) 0));
            assertTrue(isZero(rest), "data in " + written + " that is not in " + allocated);
        }
        // anything, anywhere
        for (int i = 0; i < 50; i++) {
            long offset = random.nextLong(disk.size());
            var extent = new Extent(offset, Math.min(1 + random.nextInt(200_000), disk.size() - offset));
            assertArrayEquals(disk.bytes(offset, (int) extent.length()), read(found, extent), extent.toString());
        }
    }

    private static boolean isZero(byte[] bytes) {
        return Arrays.equals(bytes, new byte[bytes.length]);
    }

    private static byte[] read(DiskSource disk, Extent extent) throws IOException {
        var bytes = ByteBuffer.allocate((int) extent.length());
        disk.read(extent.offset(), bytes);
        assertFalse(bytes.hasRemaining());
        return bytes.array();
    }

    @Test
    void aChainOfImagesIsReadOneOverTheOther(Seed seed) throws IOException {
        var random = seed.random();
        // given a raw base, a delta of small clusters over it, and a delta with other ones that is longer
        Files.write(raw, TestDisk.bytes(random, 3_000_320));
        var first = directory.resolve("first");
        Qemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", "cluster_size=4096", "-b", raw, "-F", "raw", first);
        Qemu.io(first, "write -P 17 100000 70000", "write -z 200704 65536", "write -P 18 2999808 512");
        Qemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", "first", "-F", "qcow2", image, 4_000_256);
        Qemu.io(image, "write -P 19 150000 100000", "write -z 1048576 131072", "write -P 20 3500000 10");
        var expected = directory.resolve("expected");
        Qemu.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, expected);
        // when each is opened over the one that it names
        var top = Qcow2Image.open(image);
        assertEquals(Optional.of(new BackingFile("first", "qcow2")), top.backing());
        try (var chain = top.whole(Qcow2Image.open(first).whole(RawFile.open(raw)))) {
            // then the whole disk shows
            assertArrayEquals(Files.readAllBytes(expected), TestDisk.content(chain));
            // and nothing but zeros is left out of what is allocated
            var content = TestDisk.content(chain);
            chain.allocated(new Extent(0, chain.size())).forEach(extent ->
                    Arrays.fill(content, (int) extent.offset(), (int) extent.end(), (byte) 0));
            assertTrue(isZero(content));
        }
    }

    @Test
    void anImageWithABackingFileIsNoWholeDisk() throws IOException {
        Files.write(raw, new byte[1 << 20]);
        Qemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", raw, "-F", "raw", image);
        try (var opened = Qcow2Image.open(image)) {
            var e = assertThrows(Qcow2Exception.class, opened::whole);
            assertTrue(e.getMessage().contains("is laid over " + raw), e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster_size=512", "cluster_size=65536", "cluster_size=2M"})
    void changesAreTheClustersOfTheImageAndItsZeros(String options, Seed seed) throws IOException {
        // given a delta with changes, zeros and compressed clusters, that names no base
        var base = TestDisk.bytes(seed.random(), 10 << 20);
        Files.write(raw, base);
        Qemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, "-b", raw, "-F", "raw", image);
        Qemu.io(image, "write -P 17 70000 5000", "write -z 2097152 2097152", "write -P 3 10485248 512");
        if (!options.endsWith("2M")) {
            Qemu.io(image, "write -c -P 9 6553600 65536");
        }
        var expected = directory.resolve("expected");
        Qemu.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, expected);
        Qemu.run("qemu-img", "rebase", "-u", "-f", "qcow2", "-b", "", image);
        // when its changes are laid over the base, region by region
        try (var changes = Qcow2Image.open(image).changes()) {
            assertEquals(base.length, changes.size());
            var changed = Extents.NONE;
            for (long at = 0; at < base.length; at += 3_000_000) {
                var region = Extent.between(at, Math.min(base.length, at + 3_000_000));
                var bytes = new byte[(int) region.length()];
                var found = changes.read(region, bytes);
                found.forEach(extent -> System.arraycopy(bytes, (int) (extent.offset() - region.offset()),
                        base, (int) extent.offset(), (int) extent.length()));
                changed = changed.union(found);
            }
            // then the changed disk is there, from no more than what was said to be touched
            assertArrayEquals(Files.readAllBytes(expected), base);
            assertEquals(changed, changed.intersect(changes.touched().within(new Extent(0, base.length))));
            assertTrue(changed.within(70_000, 75_000).bytes() == 5000 && !changed.intersects(9 << 20, 10_000_000)
                    || options.endsWith("2M"), changed.toString());
        }
    }

    @Test
    void snapshotsInsideAreIgnored() throws IOException {
        Qemu.create(image, "compat=1.1", 1 << 20);
        Qemu.io(image, "write -P 1 0 1M");
        Qemu.run("qemu-img", "snapshot", "-c", "before", image);
        Qemu.io(image, "write -P 2 65536 65536", "write -z 131072 65536");
        Qemu.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, raw);
        try (var whole = Qcow2Image.open(image).whole()) {
            assertArrayEquals(Files.readAllBytes(raw), TestDisk.content(whole));
        }
    }

    @Test
    void severalThreadsReadAtOnce(Seed seed) throws Exception {
        var content = TestDisk.bytes(seed.random(), 8 << 20);
        Files.write(raw, content);
        Qemu.run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", "-o", "cluster_size=4096", raw, image);
        var reads = new ArrayList<Callable<Void>>();
        try (var whole = Qcow2Image.open(image).whole(); var threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 64; i++) {
                int offset = i * (content.length / 64);
                reads.add(() -> {
                    var found = read(whole, new Extent(offset, content.length / 64));
                    assertArrayEquals(Arrays.copyOfRange(content, offset, offset + found.length), found);
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(reads)) {
                done.get();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "extended_l2=on                                                    | extended L2 entries",
        "data_file=other,data_file_raw=on                                  | keeps its data in another file"})
    void whatIsNotReadIsRefusedWithAWayOut(String options, String finding) throws IOException {
        Qemu.create(image, options.replace("=other", "=" + directory.resolve("other")), 1 << 20);
        var e = assertThrows(Qcow2Exception.class, () -> Qcow2Image.open(image));
        assertTrue(e.getMessage().contains(finding), e.getMessage());
        assertTrue(e.getMessage().contains("qemu-img convert"), e.getMessage());
    }

    @Test
    void anEncryptedImageIsRefused() throws IOException {
        Qemu.run("qemu-img", "create", "-q", "-f", "qcow2", "--object", "secret,id=key,data=abc", "-o",
                "encrypt.format=aes,encrypt.key-secret=key", image, 1 << 20);
        var e = assertThrows(Qcow2Exception.class, () -> Qcow2Image.open(image));
        assertTrue(e.getMessage().contains("is encrypted"), e.getMessage());
    }

    @Test
    void whatWasWrittenHereIsReadHere(Seed seed) throws IOException {
        var disk = TestDisk.random(seed.random(), 20_000_256);
        for (var compression : Qcow2Compression.values()) {
            try (var target = CompressedQcow2Target.create(image, disk.size(), compression, true)) {
                TestDisk.write(disk, target, 100_000);
                target.commit();
            }
            try (var whole = Qcow2Image.open(image).whole()) {
                assertShows(disk, whole, seed.random(1));
            }
        }
    }
}
