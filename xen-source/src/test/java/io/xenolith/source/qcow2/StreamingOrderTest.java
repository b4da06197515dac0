package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.source.raw.StreamTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a host's importer insists on, checked by a program that has nothing in common with the writer.
@ExtendWith(SeedExtension.class)
class StreamingOrderTest {
    private static final int CLUSTER = Qcow2Layout.CLUSTER_BYTES;

    @TempDir
    Path directory;

    @Test
    void aWholeDiskComesInTheOrderThatHostsTake(Seed seed) throws Exception {
        long[] sizes = {0, 512, 3 * CLUSTER, (1L << 29) + 512, 3L << 30};
        for (int i = 0; i < sizes.length; i++) {
            var disk = TestDisk.random(seed.random(i), sizes[i]);
            assertEquals(clusters(disk), check(image(Qcow2Layout.of(TestDisk.clusters(disk)), disk)));
        }
    }

    @Test
    void aDeltaWithOrWithoutANameComesInThatOrderAndHoldsZerosAsData(Seed seed) throws Exception {
        var disk = TestDisk.random(seed.random(), 40L << 20);
        disk.write(7 * CLUSTER, new byte[CLUSTER]);
        var named = Qcow2Layout.over(new BackingFile("../base", "vpc"), TestDisk.clusters(disk));
        assertEquals(clusters(disk), check(image(named, disk)));
        assertEquals(clusters(disk), check(image(Qcow2Layout.of(TestDisk.clusters(disk)), disk)));
    }

    private static byte[] image(Qcow2Layout layout, SparseDisk disk) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var target = new Qcow2Target(new StreamTarget("stream", out), layout)) {
            TestDisk.write(disk, target, 70_000);
            target.commit();
        }
        assertEquals(layout.fileBytes(), out.size());
        return out.toByteArray();
    }

    private static List<String> clusters(SparseDisk disk) throws NoSuchAlgorithmException {
        var clusters = TestDisk.clusters(disk);
        var lines = new ArrayList<String>();
        for (int i = clusters.next(0); i >= 0; i = clusters.next(i + 1)) {
            var padded = new byte[CLUSTER];
            var extent = clusters.extent(i);
            System.arraycopy(disk.bytes(extent.offset(), (int) extent.length()), 0, padded, 0, (int) extent.length());
            lines.add(i + " " + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(padded)));
        }
        return lines;
    }

    private List<String> check(byte[] image) throws Exception {
        var file = Files.write(directory.resolve("image"), image);
        var script = Path.of(StreamingOrderTest.class.getResource("streaming_order.py").toURI());
        var process = new ProcessBuilder("python3", script.toString()).redirectInput(file.toFile())
                .redirectErrorStream(true).start();
        var lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        assertEquals(0, process.waitFor(), lines.toString());
        return lines;
    }
}
