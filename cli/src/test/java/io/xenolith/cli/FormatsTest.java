package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Any format in, any format out: always the same disk.
class FormatsTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Xenolith xenolith;
    private Path monday;
    private Path tuesday;

    @BeforeEach
    void aRepositoryAndADiskOnTwoDays() throws IOException {
        xenolith = Xenolith.at(folder.resolve("repository"));
        xenolith.ok("init");
        monday = Xenolith.image(folder.resolve("monday.raw"), 64 * MIB + 5 * 512, 1, 0, 5 * MIB, 40 * MIB);
        tuesday = Files.copy(monday, folder.resolve("tuesday.raw"));
        try (var channel = FileChannel.open(tuesday, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("a changed word".getBytes(UTF_8)), 5 * MIB + 12_345);
            channel.write(ByteBuffer.allocate(300_000), 40 * MIB); // what became zeros
            channel.write(ByteBuffer.wrap("the last word".getBytes(UTF_8)), 64 * MIB + 5 * 512 - 13);
        }
        xenolith.ok("backup", "image", "--vm", "web", monday.toString(), "--time", "2026-01-05T02:00:00Z");
        xenolith.ok("backup", "image", "--vm", "web", tuesday.toString(), "--time", "2026-01-06T02:00:00Z");
    }

    private static String root(JsonNode backup) {
        return backup.get("disks").get(0).get("root").stringValue();
    }

    private String rootOf(String point) {
        return root(xenolith.json("show", point));
    }

    private Path restored(String name, String... options) {
        var file = folder.resolve(name);
        var args = new java.util.ArrayList<>(List.of("restore", "-o", file.toString()));
        args.addAll(List.of(options));
        xenolith.ok(args.toArray(String[]::new));
        return file;
    }

    private static String qemuImg(String... args) throws Exception {
        var command = new java.util.ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(args));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
        return said;
    }

    @Test
    void theSameDiskHasTheSameRootFromEveryFormat() {
        var expected = rootOf("web@2026-01-06");
        for (var format : List.of("vhd", "qcow2")) {
            var file = restored("web." + format, "web@2026-01-06", "--format", format);
            assertEquals(expected, root(xenolith.json("backup", "image", "--vm", format, file.toString())), format);
        }
        for (var compression : List.of("zstd", "deflate")) {
            var file = restored(compression, "web@2026-01-06", "--format", "qcow2", "--compress", compression);
            assertEquals(expected, root(xenolith.json("backup", "image", "--vm", compression, file.toString())), compression);
        }
        for (var compression : List.of("zstd", "gzip")) {
            var file = restored(compression + ".xva", "web@2026-01-06", "--format", "xva", "--compress", compression);
            var backup = xenolith.json("backup", "xva", file.toString());
            assertEquals("web", backup.get("vm").stringValue());
            assertEquals(expected, root(backup), compression);
            assertEquals(0, backup.get("disks").get(0).get("bytesNew").longValue());
        }
    }

    @Test
    void imagesOfChangesFollowEachOtherAsAChain() {
        var full = restored("monday.vhd", "web@2026-01-05", "--format", "vhd");
        var delta = restored("tuesday.vhd", "web@2026-01-06", "--format", "vhd", "--delta-from", "web@2026-01-05",
                "--backing-file", "monday.vhd");

        xenolith.ok("backup", "image", "--vm", "copy", full.toString());
        var second = xenolith.json("backup", "image", "--vm", "copy", delta.toString(), "--base", "copy@latest");
        assertEquals("inc", second.get("level").stringValue());
        assertEquals(rootOf("web@2026-01-06"), root(second));
        assertTrue(second.get("disks").get(0).get("bytesRead").longValue() <= 3 * 2 * MIB);
    }

    @Test
    void imagesOfChangesArriveThroughAPipe() throws IOException {
        var delta = restored("tuesday.vhd", "web@2026-01-06", "--format", "vhd", "--delta-from", "web@2026-01-05");
        var backup = xenolith.input(Files.readAllBytes(delta))
                .json("backup", "image", "--vm", "web", "-", "--base", "web@2026-01-05");
        assertEquals(rootOf("web@2026-01-06"), root(backup));
    }

    @Test
    void aDeltaOfAnotherDiskIsRefused() {
        var other = restored("tuesday.vhd", "web@2026-01-06", "--format", "vhd");
        var delta = restored("delta.vhd", "web@2026-01-06", "--format", "vhd", "--delta-from", "web@2026-01-05");
        xenolith.ok("backup", "image", "--vm", "copy", other.toString());
        xenolith.fails(1, List.of("since the disk", "xvda of the base"), "backup", "image", "--vm", "copy", delta.toString(), "--base",
                "copy@latest");
        xenolith.fails(2, List.of("differencing VHD", "--base"), "backup", "image", "--vm", "copy", delta.toString());
    }

    @Test
    void qemuReadsWhatIsWritten() throws Exception {
        var vhd = restored("web.vhd", "web@2026-01-06", "--format", "vhd");
        qemuImg("compare", "-f", "raw", "-F", "vpc", tuesday.toString(), vhd.toString());

        restored("monday.qcow2", "web@2026-01-05", "--format", "qcow2");
        var delta = restored("tuesday.qcow2", "web@2026-01-06", "--format", "qcow2", "--delta-from", "web@2026-01-05",
                "--backing-file", "monday.qcow2");
        qemuImg("check", delta.toString());
        qemuImg("compare", "-f", "raw", "-F", "qcow2", tuesday.toString(), delta.toString());
        var backup = xenolith.json("backup", "image", "--vm", "web", delta.toString(), "--base", "web@2026-01-05");
        assertEquals(rootOf("web@2026-01-06"), root(backup));
    }

    @Test
    void whatQemuWritesIsRead() throws Exception {
        for (var format : List.of("vpc", "qcow2")) {
            var image = folder.resolve("qemu." + format);
            qemuImg("convert", "-O", format, "-o", format.equals("vpc") ? "force_size=on" : "compat=1.1", tuesday.toString(),
                    image.toString());
            var backup = xenolith.json("backup", "image", "--vm", format, image.toString());
            assertEquals(rootOf("web@2026-01-06"), root(backup), format);
        }
    }

    @Test
    void anXvaComesBackWithItsDescriptionToTheByte() throws IOException {
        var first = restored("first.xva", "web@2026-01-06", "--format", "xva", "--memory", "2g", "--vcpus", "3", "--firmware",
                "uefi", "--checksum", "sha1");
        xenolith.ok("backup", "xva", first.toString(), "--vm", "from xva");
        var second = restored("second.xva", "from xva@latest", "--format", "xva", "--checksum", "sha1");
        assertEquals(-1, Files.mismatch(first, second));
        var text = xenolith.ok("show", "from xva@latest", "--metadata").text();
        assertTrue(text.contains("<name>VCPUs_max</name><value>3</value>"), text);
        var file = restored("ova.xml", "from xva@latest", "--file", "ova.xml");
        assertArrayEquals(text.getBytes(UTF_8), Files.readAllBytes(file));
        xenolith.ok("verify", "--read-data");
    }

    @Test
    void aDescriptionGoesAndStaysWithItsPoint() {
        var first = restored("first.xva", "web@2026-01-06", "--format", "xva");
        xenolith.ok("backup", "xva", first.toString(), "--vm", "kept");
        xenolith.ok("backup", "xva", first.toString(), "--vm", "gone");
        xenolith.ok("prune", "--vm", "gone", "--keep-last", "1");
        xenolith.ok("prune", "--vm", "web", "--keep-last", "1");
        xenolith.ok("verify", "--read-data");
        xenolith.ok("show", "kept@latest", "--metadata");
    }

    @Test
    void aDamagedArchiveLeavesNoPoint() throws IOException {
        var xva = restored("web.xva", "web@2026-01-06", "--format", "xva");
        try (var channel = FileChannel.open(xva, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {42}), 20_000);
        }
        xenolith.fails(1, List.of("web.xva", "entry Ref:", "byte"), "backup", "xva", xva.toString(), "--vm", "none");
        assertEquals(2, xenolith.json("list").get("points").size());
    }

    @Test
    void aFormatThatDoesNotFitIsToldAsWhatItLooksLike() {
        var vhd = restored("web.vhd", "web@2026-01-06", "--format", "vhd");
        xenolith.fails(1, List.of("dynamic VHD", "qcow2"), "backup", "image", "--vm", "x", "--format", "qcow2", vhd.toString());
        xenolith.fails(1, List.of("XVA", "backup xva"), "backup", "image", "--vm", "x",
                restored("web.xva", "web@2026-01-06", "--format", "xva").toString());
        var raw = xenolith.json("backup", "image", "--vm", "x", "--format", "raw", vhd.toString());
        assertEquals(vhd.toFile().length(), raw.get("disks").get(0).get("size").longValue());
    }

    @Test
    void aDiskOfOddSizeIsRoundedUpToWholeSectors() throws Exception {
        var odd = Xenolith.image(folder.resolve("odd.raw"), 3 * MIB + 1000, 2, 0, 2 * MIB);
        xenolith.ok("backup", "image", "--vm", "odd", odd.toString());
        for (var format : List.of("vhd", "qcow2")) {
            var file = restored("odd." + format, "odd@latest", "--format", format);
            qemuImg("compare", "-f", "raw", "-F", format.equals("vhd") ? "vpc" : format, odd.toString(), file.toString());
        }
        var xva = restored("odd.xva", "odd@latest", "--format", "xva");
        var backup = xenolith.json("backup", "xva", xva.toString(), "--vm", "again");
        assertEquals(3 * MIB + 1024, backup.get("disks").get(0).get("size").longValue());
    }
}
