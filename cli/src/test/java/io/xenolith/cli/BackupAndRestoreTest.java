package io.xenolith.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.cli.trial.SampleData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BackupAndRestoreTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Xenolith xenolith;
    private Path image;

    @BeforeEach
    void aRepositoryAndAnImage() throws IOException {
        xenolith = Xenolith.at(folder.resolve("repository"));
        xenolith.ok("init");
        image = Xenolith.image(folder.resolve("web.raw"), 64 * MIB + 1000, 1, 0, 5 * MIB, 40 * MIB);
    }

    private void assertRestores(String point, Path expected) throws IOException {
        var output = Files.createTempDirectory(folder, "restored").resolve("disk.raw");
        xenolith.ok("restore", point, "--output", output.toString());
        assertEquals(-1, Files.mismatch(expected, output));
    }

    private static void write(Path image, long offset, byte[] bytes) throws IOException {
        try (var channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    @Test
    void theDocumentsHaveTheKeysThatOthersRelyOn() throws IOException {
        var backup = xenolith.json("backup", "image", "--vm", "web", image.toString());
        assertTrue(Xenolith.keys(backup).containsAll(Set.of("point", "vm", "level", "disks", "seconds")));
        assertTrue(Xenolith.keys(backup.get("disks").get(0))
                .containsAll(Set.of("name", "size", "root", "bytesRead", "bytesNew", "bytesStored")));
        assertEquals("full", backup.get("level").stringValue());

        var point = xenolith.json("list").get("points").get(0);
        assertTrue(Xenolith.keys(point).containsAll(Set.of("id", "vm", "time", "level", "disks")));
        assertEquals(Set.of("name", "size", "root"), Xenolith.keys(point.get("disks").get(0)));
        assertEquals(backup.get("point"), point.get("id"));
        assertEquals(64 * MIB + 1000, point.get("disks").get(0).get("size").longValue());

        var verified = xenolith.json("verify", "--read-data");
        assertTrue(Xenolith.keys(verified).containsAll(Set.of("ok", "bytesChecked", "damaged")));
        assertTrue(verified.get("ok").booleanValue());
        assertTrue(verified.get("bytesChecked").longValue() > MIB);

        var pruned = xenolith.json("prune", "--keep-last", "1");
        assertTrue(Xenolith.keys(pruned)
                .containsAll(Set.of("removedPoints", "keptPoints", "freedBytes", "rewrittenBytes")));
        assertEquals(1, pruned.get("keptPoints").intValue());

        var report = xenolith.json("report");
        assertTrue(Xenolith.keys(report).containsAll(
                Set.of("logicalBytes", "uniqueBytes", "storedBytes", "dedupRatio", "compressionRatio", "vms")));
        assertTrue(Xenolith.keys(report.get("vms").get(0))
                .containsAll(Set.of("vm", "points", "logicalBytes", "uniqueBytes")));
    }

    @Test
    void aDiskComesBackAsItWas() throws IOException {
        xenolith.ok("backup", "image", "--vm", "web", image.toString());
        assertRestores("web@latest", image);
    }

    @Test
    void theSameDiskAgainStoresNothingNew() {
        var first = xenolith.json("backup", "image", "--vm", "web", image.toString());
        var again = xenolith.json("backup", "image", "--vm", "web", image.toString());
        assertEquals(first.get("disks").get(0).get("root"), again.get("disks").get(0).get("root"));
        assertEquals(0, again.get("disks").get(0).get("bytesNew").longValue());
    }

    @Test
    void latestIsTheLaterOfTwoBackupsOfTheSameSecond() {
        xenolith.ok("backup", "image", "--vm", "web", image.toString());
        for (int i = 0; i < 3; i++) {
            var last = xenolith.json("backup", "image", "--vm", "web", image.toString());
            assertEquals(last.get("point"), xenolith.json("show", "web@latest").get("id"));
        }
    }

    @Test
    void severalDisksGoToADirectory() throws IOException {
        var data = Xenolith.image(folder.resolve("data.raw"), 3 * MIB, 7, MIB);
        xenolith.ok("backup", "image", "--vm", "db", image.toString(), "data=" + data, "--tag", "nightly");
        var output = folder.resolve("restored");
        var restored = xenolith.json("restore", "db@latest", "--output", output.toString());
        assertEquals(2, restored.get("disks").size());
        assertEquals(-1, Files.mismatch(image, output.resolve("xvda.raw")));
        assertEquals(-1, Files.mismatch(data, output.resolve("data.raw")));
        assertEquals(1, xenolith.json("list", "--tag", "nightly").get("points").size());
        assertEquals(0, xenolith.json("list", "--tag", "weekly").get("points").size());
        assertEquals(0, xenolith.json("list", "--vm", "web").get("points").size());

        xenolith.fails(2, List.of("takes one", "--disk"), "restore", "db@latest", "--output", "-");
        xenolith.ok("restore", "db@latest", "--disk", "data", "--output", folder.resolve("one.raw").toString());
        assertEquals(-1, Files.mismatch(data, folder.resolve("one.raw")));
        xenolith.fails(2, List.of("xvdz", "xvda, data"), "restore", "db@latest", "--disk", "xvdz", "--output", "x");
    }

    @Test
    void aDiskComesThroughStandardInputAndLeavesThroughStandardOutput() throws IOException {
        var bytes = Files.readAllBytes(image);
        xenolith.input(bytes).ok("backup", "image", "--vm", "piped", "-");
        var outcome = xenolith.ok("restore", "piped@latest", "--output", "-");
        assertArrayEquals(bytes, outcome.out());
        xenolith.fails(2, List.of("standard output"), "--json", "restore", "piped@latest", "--output", "-");
        xenolith.fails(2, List.of("standard input"), "backup", "image", "--vm", "two", "a=-", "b=-");
    }

    @Test
    void anIncrementReadsWhatChanged() throws IOException {
        var full = xenolith.json("backup", "image", "--vm", "web", image.toString());
        write(image, 5 * MIB + 70_000, SampleData.bytes(99, 4096));
        var changes = Files.writeString(folder.resolve("changes"), "%d 4096\n".formatted(5 * MIB + 70_000));

        var preview = xenolith.json("backup", "image", "--vm", "web", "--base", "web@latest", "--changed",
                changes.toString(), "--dry-run", image.toString());
        assertEquals(4096, preview.get("disks").get(0).get("bytesToRead").longValue());
        assertEquals(1, xenolith.json("list").get("points").size());

        var increment = xenolith.json("backup", "image", "--vm", "web", "--base", "web@latest", "--changed",
                "xvda=" + changes, image.toString());
        assertEquals("inc", increment.get("level").stringValue());
        assertTrue(increment.get("disks").get(0).get("wholeReason").isNull());
        assertEquals(full.get("point"), xenolith.json("show", "web@latest").get("base"));
        assertRestores("web@latest", image);

        var again = xenolith.json("backup", "image", "--vm", "web", image.toString());
        assertEquals(increment.get("disks").get(0).get("root"), again.get("disks").get(0).get("root"));

        var diff = xenolith.json("diff", full.get("point").stringValue(), "web@latest", "--extents").get("disks").get(0);
        assertEquals(1, diff.get("extents").intValue());
        var extent = diff.get("changed").get(0);
        assertTrue(extent.get("offset").longValue() <= 5 * MIB + 70_000);
        assertTrue(extent.get("offset").longValue() + extent.get("length").longValue() >= 5 * MIB + 74_096);
    }

    @Test
    void anIncrementReadsEverythingAndSaysWhyWhereItsBaseIsNone() throws IOException {
        var changes = Files.writeString(folder.resolve("changes"), "");
        xenolith.ok("backup", "image", "--vm", "other", image.toString());
        assertEquals("the base '0123' is not in the repository", wholeReason("0123", changes, "xvda"));
        assertTrue(wholeReason("other@latest", changes, "xvda").contains("of the machine 'other'"));
        assertTrue(wholeReason("web@latest", changes, "xvdz").contains("has no disk called xvdz"));
        assertTrue(xenolith.ok("show", "web@latest").text().contains("has no disk called xvdz"));

        var data = Xenolith.image(folder.resolve("data.raw"), MIB, 3, 0);
        xenolith.ok("backup", "image", "--vm", "web", image.toString(), "xvdb=" + data);
        var half = xenolith.json("backup", "image", "--vm", "web", "--base", "web@latest", "--changed", "xvda=" + changes,
                image.toString(), "xvdb=" + data);
        assertTrue(half.get("disks").get(0).get("wholeReason").isNull());
        assertEquals("no --changed was given for it", half.get("disks").get(1).get("wholeReason").stringValue());
    }

    private String wholeReason(String base, Path changes, String disk) {
        var backup = xenolith.json("backup", "image", "--vm", "web", "--base", base, "--changed", disk + "=" + changes,
                disk + "=" + image);
        return backup.get("disks").get(0).get("wholeReason").stringValue();
    }

    @Test
    void changesThatDoNotFitTheDiskAreAnError() throws IOException {
        xenolith.ok("backup", "image", "--vm", "web", image.toString());
        var changes = Files.writeString(folder.resolve("changes"), "0 1000000000\n");
        xenolith.fails(1, List.of("changes", "line 1", "beyond the disk"), "backup", "image", "--vm", "web", "--base",
                "web@latest", "--changed", changes.toString(), image.toString());
        assertEquals(1, xenolith.json("list").get("points").size());
    }

    @Test
    void anExcludedDiskIsRecordedAsLeftOut() {
        var backup = xenolith.json("backup", "image", "--vm", "web", image.toString(), "scratch=/nowhere", "--exclude-disk",
                "scratch");
        assertEquals(1, backup.get("disks").size());
        assertEquals("scratch", xenolith.json("show", "web@latest").get("skipped").get(0).get("name").stringValue());
    }

    @Test
    void aDryRunTouchesNothing() throws IOException {
        var preview = xenolith.json("backup", "image", "--vm", "web", "--dry-run", image.toString());
        assertEquals(64 * MIB + 1000, preview.get("disks").get(0).get("size").longValue());
        long toRead = preview.get("disks").get(0).get("bytesToRead").longValue();
        assertTrue(toRead >= 3 * MIB && toRead < 4 * MIB, "to read: " + toRead);
        assertEquals(0, xenolith.json("list").get("points").size());
        assertFalse(Files.exists(folder.resolve("repository/packs")));
    }

    @Test
    void aFileIsOnlyReplacedByForceAndBroughtUpToDateByUpdate() throws IOException {
        xenolith.ok("backup", "image", "--vm", "web", image.toString());
        var target = Files.writeString(folder.resolve("target.raw"), "precious");
        xenolith.fails(1, List.of("exists already", "--force"), "restore", "web@latest", "--output", target.toString());
        assertEquals("precious", Files.readString(target));
        xenolith.ok("restore", "web@latest", "--output", target.toString(), "--force");
        assertEquals(-1, Files.mismatch(image, target));

        write(target, 40 * MIB + 5, new byte[] {1, 2, 3});
        write(target, 20 * MIB, new byte[] {1, 2, 3});
        var updated = xenolith.json("restore", "web@latest", "--output", target.toString(), "--update");
        assertEquals(-1, Files.mismatch(image, target));
        long written = updated.get("disks").get(0).get("bytesWritten").longValue();
        assertTrue(written > 0 && written < MIB, "written: " + written);
    }

    @Test
    void wrongUsageIsTold() {
        var file = image.toString();
        xenolith.fails(2, List.of("--vm"), "backup", "image", file);
        xenolith.fails(2, List.of("--changed", "--base"), "backup", "image", "--vm", "web", "--changed", "x", file);
        xenolith.fails(2, List.of("DISK="), "backup", "image", "--vm", "web", "--base", "1234", "--changed", "x", file, file);
        xenolith.fails(2, List.of("no disk called xvdq"), "backup", "image", "--vm", "web", "--base", "1234", "--changed",
                "xvdq=x", file);
        xenolith.fails(2, List.of("two disks are called a"), "backup", "image", "--vm", "web", "a=" + file, "a=" + file);
        xenolith.fails(2, List.of("all disks are excluded"), "backup", "image", "--vm", "web", file, "--exclude-disk", "xvda");
        xenolith.fails(2, List.of("xvdb", "among xvda"), "backup", "image", "--vm", "web", file, "--exclude-disk", "xvdb");
        xenolith.fails(2, List.of("--level"), "backup", "image", "--vm", "web", "--level", "diff", file);
        xenolith.fails(1, List.of("looks like a raw disk"), "backup", "image", "--vm", "web", "--format", "qcow2", file);
        xenolith.fails(2, List.of("--format", "qcow2-delta"), "backup", "image", "--vm", "web", "--format", "vmdk", file);
        xenolith.fails(2, List.of("--vm"), "backup", "image", "--vm", "", file);
        xenolith.fails(1, List.of("no such file"), "backup", "image", "--vm", "web", file + ".none");
        xenolith.fails(1, List.of("directory"), "backup", "image", "--vm", "web", folder.toString());
    }

    @Test
    void aCopyIsCalledSo() {
        assertEquals("copy", level(xenolith.json("backup", "image", "--vm", "web", "--level", "copy", image.toString())));
    }

    private static String level(JsonNode backup) {
        return backup.get("level").stringValue();
    }

    @Test
    void theTextTellsWhatTheDocumentTells() {
        var text = xenolith.ok("backup", "image", "--vm", "web", image.toString()).text();
        assertTrue(text.contains("restore point ") && text.contains("64.0 MiB"), text);
        assertTrue(xenolith.ok("list").text().contains("web"));
        assertTrue(xenolith.ok("diff", "web@latest", "web@latest").text().contains("0 B"));
    }
}
