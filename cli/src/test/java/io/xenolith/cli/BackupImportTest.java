package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import io.xenolith.cli.trial.SampleData;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.source.raw.StreamTarget;
import io.xenolith.source.vhd.VhdIdentity;
import io.xenolith.source.vhd.VhdLayout;
import io.xenolith.source.vhd.VhdTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Old shares, as other programs leave them, with a disk on three days.
class BackupImportTest {

    private static final int MIB = 1 << 20;
    private static final Instant MONDAY = Instant.parse("2026-01-05T02:00:00Z");
    private static final List<String> DAYS = List.of("2026-01-05", "2026-01-06", "2026-01-07");
    private static final String MACHINE = "1aa2b6c8-6a1f-4f3a-9d3e-0c1f5a7e9b11";
    private static final String ORCHESTRA = "xo-vm-backups/" + MACHINE + "/";

    @TempDir
    Path folder;

    private Xenolith xenolith;
    private Path share;
    private final List<byte[]> disks = new ArrayList<>();

    @BeforeEach
    void aDiskOnThreeDays() throws IOException {
        share = Files.createDirectory(folder.toRealPath().resolve("share"));
        xenolith = Xenolith.at(folder.resolve("repository"));
        xenolith.ok("init");
        var disk = new byte[12 * MIB];
        System.arraycopy(SampleData.bytes(1, 3 * MIB), 0, disk, 0, 3 * MIB);
        System.arraycopy(SampleData.bytes(2, 2 * MIB), 0, disk, 7 * MIB, 2 * MIB);
        disks.add(disk.clone());
        System.arraycopy("a changed word".getBytes(UTF_8), 0, disk, 2 * MIB + 12_345, 14);
        disks.add(disk.clone());
        Arrays.fill(disk, 7 * MIB, 8 * MIB, (byte) 0); // what became zeros
        System.arraycopy(SampleData.bytes(3, 5000), 0, disk, 12 * MIB - 5000, 5000);
        disks.add(disk.clone());
    }

    private static Instant day(int day) {
        return MONDAY.plusSeconds(day * 86_400L);
    }

    private static VhdIdentity id(int day) {
        return new VhdIdentity(new UUID(42, day), day(day));
    }

    /// The disk of a day: all of it, or what changed since the day before.
    private Path vhd(int day, String name, boolean delta) throws IOException {
        var file = share.resolve(name);
        Files.createDirectories(file.getParent());
        var blocks = new DiskBlocks(12 * MIB, VhdLayout.BLOCK_BYTES);
        for (int block = 0; block < blocks.onDisk(); block++) {
            var before = delta ? disks.get(day - 1) : new byte[12 * MIB];
            int from = block * VhdLayout.BLOCK_BYTES;
            if (!Arrays.equals(disks.get(day), from, from + VhdLayout.BLOCK_BYTES, before, from,
                    from + VhdLayout.BLOCK_BYTES)) {
                blocks.add(block);
            }
        }
        var layout = delta ? VhdLayout.differencing(blocks, id(day), id(day - 1), "") : VhdLayout.dynamic(blocks, id(day));
        try (var target = new VhdTarget(layout, new StreamTarget(name, Files.newOutputStream(file)))) {
            for (int block = blocks.next(0); block >= 0; block = blocks.next(block + 1)) {
                target.write((long) block * VhdLayout.BLOCK_BYTES, ByteBuffer.wrap(disks.get(day),
                        block * VhdLayout.BLOCK_BYTES, VhdLayout.BLOCK_BYTES));
            }
            target.commit();
        }
        return file;
    }

    private Path json(int day, String vhd) throws IOException {
        return Files.writeString(share.resolve(ORCHESTRA + DAYS.get(day).replace("-", "") + "T020000Z.json"), """
                {"mode": "delta", "timestamp": %d, "version": "2.0.0", "vm": {"uuid": "%s", "name_label": "web"},
                 "vhds": {"OpaqueRef:1": "%s"},
                 "vdis": {"OpaqueRef:1": {"uuid": "s%d", "name_label": "root", "$snapshot_of$uuid": "disk"}},
                 "vbds": {"OpaqueRef:2": {"VDI": "OpaqueRef:1", "device": "xvda", "userdevice": "0"}}}
                """.formatted(day(day).toEpochMilli(), MACHINE, vhd, day));
    }

    /// As Xen Orchestra leaves it: a full, and an increment for each day after.
    private void orchestra(int firstDay, int lastDay) throws IOException {
        for (int day = firstDay; day <= lastDay; day++) {
            var vhd = "vdis/job/vdi/%d.vhd".formatted(day);
            vhd(day, ORCHESTRA + vhd, day > 0);
            json(day, vhd);
        }
    }

    /// An archive with the disk of a day, as a host exports it.
    private Path xva(int day, String name, String... options) throws IOException {
        var exporter = Xenolith.at(folder.resolve("exporter"));
        if (!Files.exists(folder.resolve("exporter"))) {
            exporter.ok("init");
        }
        var backup = exporter.input(disks.get(day)).json("backup", "image", "--vm", "web", "-");
        var file = share.resolve(name);
        Files.createDirectories(file.getParent());
        var args = new ArrayList<>(List.of("restore", backup.get("point").stringValue(), "--format", "xva", "-o",
                file.toString()));
        args.addAll(List.of(options));
        exporter.ok(args.toArray(String[]::new));
        Files.setLastModifiedTime(file, FileTime.from(day(day)));
        return file;
    }

    /// What a backup of the disk itself has, in a repository of its own.
    private String rootOf(int day) {
        var plain = Xenolith.at(folder.resolve("plain"));
        if (!Files.exists(folder.resolve("plain"))) {
            plain.ok("init");
        }
        var backup = plain.input(disks.get(day)).json("backup", "image", "--vm", "web", "-");
        return backup.get("disks").get(0).get("root").stringValue();
    }

    private void assertIs(int day, JsonNode found) {
        var point = xenolith.json("show", found.get("point").stringValue());
        assertEquals(day(day).toString(), point.get("time").stringValue());
        assertEquals(rootOf(day), point.get("disks").get(0).get("root").stringValue());
        assertArrayEquals(disks.get(day), xenolith.ok("restore", point.get("id").stringValue(), "--disk",
                point.get("disks").get(0).get("name").stringValue(), "-o", "-").out());
        assertEquals(1, xenolith.json("list", "--tag", "imported").get("points").findValuesAsString("id").stream()
                .filter(point.get("id").stringValue()::equals).count());
    }

    private JsonNode imported(String... options) {
        var args = new ArrayList<>(List.of("backup", "import", share.toString()));
        args.addAll(List.of(options));
        return xenolith.json(args.toArray(String[]::new));
    }

    private static List<String> all(JsonNode result, String list, String key) {
        return StreamSupport.stream(result.get(list).spliterator(), false).map(entry -> entry.get(key).stringValue()).toList();
    }

    private Map<Path, List<Object>> content() throws IOException {
        var content = new TreeMap<Path, List<Object>>();
        try (var files = Files.walk(share)) {
            for (var file : files.toList()) {
                content.put(file, List.of(Files.getLastModifiedTime(file),
                        Files.isRegularFile(file) ? ByteBuffer.wrap(Files.readAllBytes(file)) : "directory"));
            }
        }
        return content;
    }

    @Test
    void aChainOfOrchestraBecomesAPointForEachDay() throws IOException {
        orchestra(0, 2);
        var before = content();
        var result = imported();
        assertEquals(List.of("full", "inc", "inc"), all(result, "backups", "level"));
        assertEquals(List.of("imported", "imported", "imported"), all(result, "backups", "state"));
        for (int day = 0; day < 3; day++) {
            assertIs(day, result.get("backups").get(day));
        }
        assertEquals(before, content());

        var point = xenolith.json("show", "web@latest");
        assertEquals(MACHINE, point.get("uuid").stringValue());
        assertEquals(result.get("backups").get(1).get("point"), point.get("base"));
        assertEquals("root", point.get("disks").get(0).get("label").stringValue());
        assertTrue(point.get("notes").get(0).stringValue().contains("20260107T020000Z.json"), point.toString());
        assertEquals(Files.readString(share.resolve(ORCHESTRA + "20260107T020000Z.json")),
                xenolith.ok("restore", "web@latest", "--file", "xo.json", "-o", "-").text());
        xenolith.ok("verify", "--read-data");
    }

    @Test
    void aSecondRunTakesOnlyWhatIsNewAndCountsFromWhatIsThere() throws IOException {
        orchestra(0, 1);
        imported();
        orchestra(2, 2);
        assertEquals(List.of("already there", "already there", "to import"), all(imported("--dry-run"), "backups", "state"));
        var result = imported();
        assertEquals(List.of("already there", "already there", "imported"), all(result, "backups", "state"));
        assertIs(2, result.get("backups").get(2));
        assertEquals(result.get("backups").get(1).get("point"), xenolith.json("show", "web@latest").get("base"));
        var read = xenolith.json("show", "web@latest").get("disks").get(0).get("bytesRead").longValue();
        assertTrue(read <= 3 * VhdLayout.BLOCK_BYTES, "only the newest image is read, not " + read);
        assertEquals(3, xenolith.json("list").get("points").size());
    }

    @Test
    void aBackupThatIsGoneIsReadAgainForThoseOverIt() throws IOException {
        orchestra(0, 2);
        Files.delete(share.resolve(ORCHESTRA + "20260105T020000Z.json"));
        Files.delete(share.resolve(ORCHESTRA + "20260106T020000Z.json"));
        var result = imported();
        assertEquals(1, result.get("backups").size());
        assertIs(2, result.get("backups").get(0));
        assertTrue(xenolith.json("show", "web@latest").get("base").isNull());
        xenolith.ok("verify", "--read-data");
    }

    @Test
    void aDryRunListsWhatIsThereInItsOrderAndDoesNothing() throws IOException {
        xva(2, "export.xva");
        xva(1, "web server/backup-2026-01-06-(03-00-00)/web server.xva");
        vhd(0, "db/root.vhd", false);
        var result = imported("--dry-run", "--time-zone", "+01:00");
        assertTrue(result.get("dryRun").booleanValue());
        assertEquals(List.of(day(0).toString(), day(1).toString(), day(2).toString()), all(result, "backups", "time"));
        assertEquals(List.of("db", "web server", "web"), all(result, "backups", "vm"));
        assertEquals(List.of("VHD", "NAUbackup", "xe vm-export"), all(result, "backups", "origin"));
        assertEquals("xvda", result.get("backups").get(1).get("disks").get(0).stringValue());
        assertEquals(0, xenolith.json("list").get("points").size());
        var text = xenolith.ok("backup", "import", share.toString(), "--dry-run").text();
        assertTrue(text.lines().anyMatch(line -> line.contains("web server") && line.contains("to import")), text);
    }

    @Test
    void archivesAreImportedHoweverTheyArePacked() throws IOException {
        xva(0, "my web/backup-2026-01-05-(02-00-00)/my web.xva");
        xva(1, "my web/backup-2026-01-06-(02-00-00)/my web.xva.gz", "--compress", "gzip");
        var packed = xva(2, "my web/backup-2026-01-07-(02-00-00)/my web.xva"); // by its content, though not by its name
        var bytes = Files.readAllBytes(packed);
        try (var out = new ZstdOutputStream(Files.newOutputStream(packed))) {
            out.write(bytes);
        }
        Files.writeString(share.resolve("my web/backup-2026-01-07-(02-00-00)/vm.cfg"), "name_label=my web");
        var result = imported("--time-zone", "UTC");
        for (int day = 0; day < 3; day++) {
            assertIs(day, result.get("backups").get(day));
        }
        assertEquals(List.of("my web", "my web", "my web"), all(result, "backups", "vm"));
        long fresh = xenolith.json("show", "my web@latest").get("disks").get(0).get("bytesNew").longValue();
        assertTrue(fresh < MIB, "what is the same on both days is stored once, but %d bytes were new".formatted(fresh));
        assertTrue(xenolith.ok("show", "my web@latest", "--metadata").text().contains("VCPUs_max"));
        assertEquals(List.of("already there", "already there", "already there"),
                all(imported("--time-zone", "UTC"), "backups", "state"));
    }

    @Test
    void aFullOfOrchestraKeepsBothDescriptions() throws IOException {
        xva(0, ORCHESTRA + "20260105T020000Z.xva");
        Files.writeString(share.resolve(ORCHESTRA + "20260105T020000Z.json"), """
                {"mode": "full", "timestamp": %d, "version": "2.0.0", "xva": "./20260105T020000Z.xva",
                 "vm": {"uuid": "%s", "name_label": "mail"}}""".formatted(MONDAY.toEpochMilli(), MACHINE));
        assertIs(0, imported().get("backups").get(0));
        var point = xenolith.json("show", "mail@latest");
        assertEquals(MACHINE, point.get("uuid").stringValue());
        assertEquals(List.of("ova.xml", "xo.json"), all(point, "files", "name"));
    }

    @Test
    void aLooseChainIsImportedForTheMachineThatIsNamed() throws IOException {
        vhd(0, "images/a.vhd", false);
        vhd(1, "images/b.vhd", true);
        vhd(2, "images/c.vhd", true);
        var result = imported("--vm", "db");
        for (int day = 0; day < 3; day++) {
            assertIs(day, result.get("backups").get(day));
        }
        assertEquals(3, xenolith.json("list", "--vm", "db").get("points").size());
        assertEquals(3, all(imported("--vm", "db"), "backups", "state").stream().filter("already there"::equals).count());
    }

    @Test
    void whatIsBrokenIsListedAndTheRestIsImported() throws IOException {
        orchestra(0, 1);
        vhd(2, ORCHESTRA + "vdis/job/other/2.vhd", true); // its parent is in another folder
        json(2, "vdis/job/other/2.vhd");
        var xva = xva(2, "damaged.xva");
        try (var channel = FileChannel.open(xva, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {42}), 20_000);
        }
        Files.setLastModifiedTime(xva, FileTime.from(day(2)));
        var cut = xva(1, "cut.xva.gz", "--compress", "gzip");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), MIB));
        Files.setLastModifiedTime(cut, FileTime.from(day(1).plusSeconds(1)));

        var outcome = xenolith.run("--json", "backup", "import", share.toString());
        assertEquals(1, outcome.exitCode(), outcome.err());
        var result = outcome.json();
        assertEquals(2, result.get("backups").size());
        assertEquals(List.of("20260107T020000Z.json", "cut.xva.gz", "damaged.xva"), all(result, "notImported", "file").stream()
                .map(file -> Path.of(file).getFileName().toString()).toList());
        assertTrue(all(result, "notImported", "reason").get(0).contains("2.vhd holds only what changed"), outcome.text());
        assertTrue(all(result, "notImported", "reason").get(2).contains("checksum"), outcome.text());
        assertEquals(2, xenolith.json("list").get("points").size());
        xenolith.fails(1, List.of(), "backup", "import", share.toString(), "--dry-run");
        xenolith.ok("verify", "--read-data");
    }

    @Test
    void aMachineWithoutANameIsListed() throws IOException {
        vhd(0, "a\nb/root.vhd", false);
        var outcome = xenolith.run("--json", "backup", "import", share.toString());
        assertEquals(1, outcome.exitCode());
        assertTrue(all(outcome.json(), "notImported", "reason").getFirst().contains("control characters"), outcome.text());
        assertIs(0, imported("--vm", "web").get("backups").get(0));
    }

    @Test
    void anEmptyShareIsNoFailureAndAMissingOneIs() {
        assertTrue(xenolith.ok("backup", "import", share.toString()).text().contains("no backups"));
        xenolith.fails(1, List.of("gone", "no such"), "backup", "import", folder.resolve("gone").toString());
        xenolith.fails(2, List.of("--time-zone"), "backup", "import", share.toString(), "--time-zone", "Nowhere/Land");
    }
}
