package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.MemoryTarget;
import io.xenolith.engine.disk.SparseDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SeedExtension.class)
class CompressedQcow2TargetTest {
    private static final int CLUSTER = Qcow2Layout.CLUSTER_BYTES;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"0,DEFLATE", "512,ZSTD", "66048,DEFLATE", "30000128,DEFLATE", "30000128,ZSTD", "5368710144,DEFLATE"})
    void aCompressedImageShowsTheDisk(long size, Qcow2Compression compression, Seed seed) throws IOException {
        var disk = TestDisk.random(seed.random(), size);
        var image = write(disk, compression);
        assertEquals(0, Files.size(image) % CLUSTER);
        Qemu.assertShows(TestDisk.asRaw(disk, directory.resolve("raw")), image);
    }

    @ParameterizedTest
    @CsvSource({"DEFLATE", "ZSTD"})
    void clustersThatDoNotCompressLieBetweenOthers(Qcow2Compression compression, Seed seed) throws IOException {
        var disk = new SparseDisk(128 * CLUSTER);
        for (int i = 0; i < 128; i++) {
            var bytes = new byte[CLUSTER];
            if (i % 3 == 0) {
                seed.random(i).nextBytes(bytes);
            } else {
                // all lengths between next to nothing and nearly a cluster
                Arrays.fill(bytes, (byte) i);
                new Random(i).nextBytes(bytes = Arrays.copyOf(bytes, CLUSTER));
                Arrays.fill(bytes, i * CLUSTER / 128, CLUSTER, (byte) 7);
            }
            disk.write((long) i * CLUSTER, bytes);
        }
        Qemu.assertShows(TestDisk.asRaw(disk, directory.resolve("raw")), write(disk, compression));
    }

    @Test
    void textIsPackedAndZerosAreLeftOut() throws IOException {
        var disk = new SparseDisk(256 * CLUSTER);
        disk.write(0, new byte[100 * CLUSTER]);
        disk.write(50 * CLUSTER, new byte[CLUSTER - 1]);
        var text = "what compresses well, ".repeat(CLUSTER).getBytes();
        disk.write(10 * CLUSTER, Arrays.copyOf(text, 20 * CLUSTER));
        var image = write(disk, Qcow2Compression.DEFLATE);
        assertTrue(Files.size(image) <= 7 * CLUSTER, Files.size(image) + " bytes");
        Qemu.assertShows(TestDisk.asRaw(disk, directory.resolve("raw")), image);
    }

    @Test
    void aReaderWithTheWindowOfQemuCanUnpackWhatRepeatsItselfAtAnyDistance(Seed seed) throws Exception {
        // given clusters that repeat themselves after some 100 bytes to 30 KB
        for (int period : new int[] {100, 5000, 30_000}) {
            var cluster = new byte[CLUSTER];
            for (int i = 0; i < CLUSTER; i++) {
                cluster[i] = i < period ? (byte) ('a' + seed.random(i).nextInt(16)) : cluster[i - period];
            }
            var packed = Files.write(directory.resolve("packed"), Qcow2Compression.DEFLATE.compress(cluster));
            // then zlib unpacks them that keeps no more than 4 KiB, and gives them out in small pieces
            var unpack = """
                    import sys, zlib
                    inflate, rest = zlib.decompressobj(-12), open(sys.argv[1], "rb").read()
                    while not inflate.eof:
                        sys.stdout.buffer.write(inflate.decompress(rest, 100))
                        rest = inflate.unconsumed_tail
                    """;
            var process = new ProcessBuilder("python3", "-c", unpack, packed.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            assertArrayEquals(cluster, process.getInputStream().readAllBytes(), "repeats after " + period);
            assertEquals(0, process.waitFor());
        }
    }

    @Test
    void writesGoForwardOnlyAndCommitMakesTheImage() throws IOException {
        var file = MemoryTarget.blank(CompressedQcow2Target.maxFileBytes(10 * CLUSTER));
        try (var target = new CompressedQcow2Target(file, 10 * CLUSTER, Qcow2Compression.DEFLATE)) {
            assertTrue(target.sequential());
            assertFalse(target.needsZeros());
            target.write(100, ByteBuffer.wrap(new byte[] {1}));
            assertThrows(IllegalArgumentException.class, () -> target.write(100, ByteBuffer.wrap(new byte[1])));
            assertThrows(IllegalArgumentException.class,
                    () -> target.write(10 * CLUSTER - 1, ByteBuffer.wrap(new byte[2])));
            assertFalse(file.isCommitted());
            target.commit();
            assertTrue(file.isCommitted());
            assertTrue(target.fileBytes() <= file.content().size());
        }
        assertThrows(IllegalArgumentException.class, () -> new CompressedQcow2Target(MemoryTarget.inSequence(1 << 20),
                512, Qcow2Compression.DEFLATE));
    }

    private Path write(SparseDisk disk, Qcow2Compression compression) throws IOException {
        var image = directory.resolve("disk.qcow2");
        try (var target = CompressedQcow2Target.create(image, disk.size(), compression, false)) {
            TestDisk.write(disk, target, 50_000);
            target.commit();
        }
        return image;
    }
}
