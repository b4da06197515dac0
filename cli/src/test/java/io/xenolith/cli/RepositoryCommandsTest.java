package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.lock.LockListener;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.lock.LockOwner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryCommandsTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private Path root;
    private Xenolith xenolith;

    @BeforeEach
    void names() {
        root = folder.resolve("repository");
        xenolith = Xenolith.at(root);
    }

    private Path image(long seed) throws IOException {
        return Xenolith.image(folder.resolve("image-" + seed), 16 * MIB, seed, 0, 9 * MIB);
    }

    private String backup(String vm, long seed) throws IOException {
        return xenolith.json("backup", "image", "--vm", vm, image(seed).toString()).get("point").stringValue();
    }

    /// The largest file below a folder of the repository.
    private Path largest(String part) throws IOException {
        try (var files = Files.walk(root.resolve(part))) {
            return files.filter(Files::isRegularFile).max(Comparator.comparing(file -> file.toFile().length())).orElseThrow();
        }
    }

    private static void flipByte(Path file, long at) throws IOException {
        file.toFile().setWritable(true);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) ~one.get(0)).flip();
            channel.write(one, at);
        }
    }

    private void deleteFolder(Path path) throws IOException {
        new Temporary(path).close();
    }

    @Test
    void aRepositoryIsMadeOnlyWhereNothingIs() throws IOException {
        xenolith.ok("init", "--compression", "lz4", "--chunk-size", "32k");
        xenolith.fails(1, List.of("holds a repository already"), "init");
        var taken = Files.createDirectory(folder.resolve("taken"));
        Files.writeString(taken.resolve("file"), "x");
        Xenolith.at(taken).fails(1, List.of("not empty"), "init");
        Xenolith.at(taken.resolve("file")).fails(1, List.of("no directory"), "init");
        xenolith.fails(2, List.of("--chunk-size", "power of two"), "init", "--chunk-size", "100k");
        xenolith.fails(2, List.of("--compression", "no level 99"), "init", "--compression", "zstd:99");
        var empty = Files.createDirectory(folder.resolve("empty"));
        Xenolith.at(empty).ok("init");
    }

    @Test
    void aPlaceWithoutARepositoryIsToldAndLeftAlone() {
        for (var command : List.of("list", "verify", "prune", "report")) {
            xenolith.fails(1, List.of("no repository", "init"), command);
        }
        assertFalse(Files.exists(root));
        new Xenolith().fails(2, List.of("no repository is named", "XENOLITH_REPO"), "list");
        new Xenolith().fails(2, List.of("s3://bucket", "not supported yet"), "-r", "s3://bucket/prefix", "list");
    }

    @Test
    void wrongCommandLinesAreToldInOneLine() {
        xenolith.fails(2, List.of("--help"), "list", "--no-such-option");
        xenolith.fails(2, List.of("--help"));
        xenolith.fails(2, List.of("--help"), "nonsense");
        xenolith.fails(2, List.of("image"), "backup");
        xenolith.fails(2, List.of("index or packs"), "repair");
        xenolith.fails(2, List.of("'soon' is no stretch of time"), "--lock-wait", "soon", "list");
        xenolith.fails(2, List.of("'x' is no share"), "verify", "--sample", "x");
        xenolith.fails(2, List.of("--read-data"), "verify", "--read-data", "--sample", "5%");
    }

    @Test
    void everyCommandExplainsItself() {
        for (var command : List.of("init", "backup", "backup image", "list", "show", "diff", "restore", "verify", "prune",
                "report", "repair", "repair index", "repair packs", "key", "key list", "key add", "key remove", "key change",
                "pool", "pool add", "pool list", "pool test", "pool remove", "vm", "vm list", "xen-sim", "bench", "demo",
                "completion")) {
            var args = (command + " --help").split(" ");
            assertTrue(xenolith.ok(args).text().contains("Usage: xenolith " + command), command);
        }
        assertTrue(xenolith.ok("--version").text().startsWith("xenolith "));
        assertTrue(xenolith.ok("completion", "bash").text().contains("complete -F"));
        assertTrue(xenolith.ok("help", "restore").text().contains("--around-damage"));
    }

    @Test
    void globalOptionsStandBeforeOrBehindTheCommand() {
        new Xenolith().ok("-r", root.toString(), "init");
        new Xenolith().ok("list", "--json", "-r", root.toString());
        new Xenolith().ok("-r", root.toString(), "-q", "verify", "--lock-wait", "1s");
    }

    @Test
    void restorePointsThatAreNoneOrSeveralAreTold() throws IOException {
        xenolith.ok("init");
        backup("web", 1);
        backup("web", 2);
        xenolith.fails(1, List.of("'0000000000000000' names no restore point", "xenolith list"), "show", "0000000000000000");
        xenolith.fails(1, List.of("'db@latest'", "has none"), "show", "db@latest");
        var days = xenolith.json("list").get("points").valueStream()
                .map(point -> point.get("time").stringValue().substring(0, 10)).distinct().toList();
        assumeTrue(days.size() == 1, "midnight came in between");
        xenolith.fails(1, List.of("any of 2 restore points"), "show", "web@" + days.getFirst());
    }

    @Test
    void aNewerRepositoryIsRefused() throws IOException {
        xenolith.ok("init");
        for (var name : List.of("config", "config.copy")) {
            var file = root.resolve(name);
            file.toFile().setWritable(true);
            var bytes = Files.readAllBytes(file);
            bytes[6] = 99; // the object's version
            bytes[bytes.length - 1]++; // and nothing of it is as this version would write it
            Files.write(file, bytes);
        }
        xenolith.fails(1, List.of("version", "newer"), "list");
    }

    @Test
    void aLockedRepositoryIsToldByWhom() throws Exception {
        xenolith.ok("init");
        var locks = RepositoryPlace.directory(root).locks();
        try (var _ = locks.acquire(LockMode.EXCLUSIVE, LockOwner.thisProcess("prune"), Duration.ZERO, LockListener.SILENT)) {
            xenolith.fails(4, List.of("prune", "process", "since", "--lock-wait"), "list", "--lock-wait", "0");
            xenolith.fails(4, List.of("waiting for prune"), "verify", "--lock-wait", "1s");
        }
        xenolith.ok("list");
    }

    @Test
    void anEncryptedRepositoryOpensByItsPasswordsOnly() throws IOException {
        xenolith.fails(2, List.of("--encrypt needs a password"), "init", "--encrypt");
        xenolith.with("XENOLITH_PASSWORD", "first").ok("init", "--encrypt");
        backup("secret-machine", 1);
        Xenolith.at(root).fails(1, List.of("encrypted", "--password-file"), "list");
        Xenolith.at(root).with("XENOLITH_PASSWORD", "wrong").fails(1, List.of("wrong password"), "list");

        var file = Files.writeString(folder.resolve("second.txt"), "second\n");
        var added = xenolith.json("key", "add", "--label", "operator", "--new-password-file", file.toString());
        assertEquals(2, xenolith.json("key", "list").get("keys").size());
        assertEquals(1, Xenolith.at(root).json("list", "--password-file", file.toString()).get("points").size());
        assertEquals(1, Xenolith.at(root).with("XENOLITH_PASSWORD_FILE", file.toString()).json("list").get("points").size());

        xenolith.with("XENOLITH_NEW_PASSWORD", "third").ok("key", "change");
        Xenolith.at(root).with("XENOLITH_PASSWORD", "first").fails(1, List.of("wrong password"), "list");
        var third = Xenolith.at(root).with("XENOLITH_PASSWORD", "third");
        third.ok("key", "remove", added.get("id").stringValue());
        third.fails(1, List.of("last key slot"), "key", "remove", third.json("key", "list").get("keys").get(0)
                .get("id").stringValue());
        third.fails(1, List.of("names no key slot"), "key", "remove", "zzzz");
        third.ok("verify", "--read-data");
    }

    @Test
    void aRepositoryWithoutEncryptionHasNoKeys() {
        xenolith.ok("init");
        for (var command : List.of("list", "add", "change")) {
            xenolith.fails(1, List.of("not encrypted"), "key", command);
        }
    }

    @Test
    void damagedDataIsNamedMarkedAndHealed() throws IOException {
        xenolith.ok("init");
        var point = backup("web", 1);
        flipByte(largest("packs"), MIB / 2);
        var outcome = xenolith.run("--json", "verify", "--read-data");
        assertEquals(3, outcome.exitCode());
        var damage = outcome.json().get("damaged").get(0);
        assertEquals("web", damage.get("vm").stringValue());
        assertEquals(point, damage.get("point").stringValue());
        assertEquals("xvda", damage.get("disk").stringValue());
        assertTrue(damage.get("length").longValue() > 0 && damage.has("offset") && damage.has("reason"));

        var target = folder.resolve("restored.raw").toString();
        xenolith.fails(3, List.of("damaged"), "restore", point, "--output", target);
        assertFalse(Files.exists(Path.of(target)));
        var around = xenolith.run("--json", "restore", point, "--output", target, "--around-damage");
        assertEquals(3, around.exitCode());
        assertTrue(around.json().get("disks").get(0).get("leftOut").size() > 0);
        assertEquals(16 * MIB, Files.size(Path.of(target)));

        assertEquals(3, xenolith.run("repair", "packs").exitCode());
        assertEquals(3, xenolith.run("verify").exitCode());
        backup("web", 1);
        assertEquals(0, xenolith.run("--json", "verify", "--read-data").json().get("damaged").size());
        xenolith.ok("restore", point, "--output", target, "--force");
        assertEquals(-1, Files.mismatch(image(1), Path.of(target)));
    }

    @Test
    void aDamagedRestorePointStopsPruningAndIsListed() throws IOException {
        xenolith.ok("init");
        backup("web", 1);
        backup("web", 2);
        flipByte(largest("points"), 40);
        var outcome = xenolith.run("--json", "list");
        assertEquals(3, outcome.exitCode());
        assertEquals(1, outcome.json().get("points").size());
        assertTrue(outcome.err().contains("cannot be read"), outcome.err());
        assertEquals(3, xenolith.run("verify").exitCode());
        xenolith.fails(1, List.of("nothing was removed"), "prune", "--keep-last", "1");
    }

    @Test
    void theIndexIsMadeAnew() throws IOException {
        xenolith.ok("init");
        var point = backup("web", 1);
        deleteFolder(root.resolve("index"));
        xenolith.ok("verify", "--read-data");
        deleteFolder(root.resolve("index"));
        deleteFolder(root.resolve("segments"));
        xenolith.ok("repair", "index");
        xenolith.ok("restore", point, "--output", folder.resolve("out.raw").toString());
        assertEquals(-1, Files.mismatch(image(1), folder.resolve("out.raw")));
    }

    @Test
    void pruningKeepsWhatRulesAndPinsKeep() throws IOException {
        xenolith.ok("init");
        var first = backup("web", 1);
        backup("web", 2);
        var last = backup("web", 3);
        backup("db", 4);

        var preview = xenolith.json("prune", "--keep-last", "1", "--dry-run");
        assertEquals(2, preview.get("removedPoints").intValue());
        assertTrue(preview.get("freedBytes").longValue() > MIB);
        assertEquals(4, xenolith.json("list").get("points").size());

        assertEquals(0, xenolith.json("prune").get("removedPoints").intValue());
        assertEquals(0, xenolith.json("prune", "--keep-last", "1", "--vm", "db").get("removedPoints").intValue());
        var pruned = xenolith.json("prune", "--keep-last", "1", "--pin", first);
        assertEquals(1, pruned.get("removedPoints").intValue());
        assertTrue(pruned.get("freedBytes").longValue() > MIB);
        assertTrue(xenolith.json("show", first).get("pinned").booleanValue());
        xenolith.ok("verify", "--read-data");
        assertEquals(1, xenolith.json("prune", "--keep-last", "1", "--unpin", first).get("removedPoints").intValue());
        xenolith.ok("show", last);
        xenolith.fails(2, List.of("-1"), "prune", "--keep-last", "-1");
    }

    @Test
    void theReportComesAsTableDocumentAndCsv() throws IOException {
        xenolith.ok("init");
        backup("web", 1);
        backup("db", 1);
        var report = xenolith.json("report");
        assertEquals(2, report.get("vms").size());
        assertEquals(2.0, report.get("dedupRatio").doubleValue(), 0.01);
        assertEquals(1, xenolith.json("report", "--vm", "db").get("vms").size());
        assertTrue(xenolith.ok("report").text().contains("deduplication      2.00 : 1"));
        var csv = xenolith.ok("report", "--csv").text().lines().toList();
        assertEquals("kind,vm,point,time,points,virtualBytes,logicalBytes,uniqueBytes,storedBytes,freedBytes", csv.getFirst());
        assertEquals(1 + 1 + 2 + 2 + 1, csv.size());
        xenolith.fails(2, List.of("--csv"), "report", "--csv", "--json");
    }

    @Test
    void samplesAndOldDataAreVerified() throws IOException {
        xenolith.ok("init");
        backup("web", 1);
        assertEquals(0, xenolith.json("verify").get("bytesChecked").longValue());
        assertTrue(xenolith.json("verify", "--older-than", "30d").get("bytesChecked").longValue() > MIB);
        assertEquals(0, xenolith.json("verify", "--older-than", "30d").get("bytesChecked").longValue());
        assertTrue(xenolith.json("verify", "--sample", "1%").get("bytesChecked").longValue() > 0);
        xenolith.fails(2, List.of("a sample of nothing"), "verify", "--sample", "0%");
    }

    @Test
    void theDemoComesToAGoodEnd() {
        var demo = new Xenolith().json("demo", "-q");
        assertTrue(demo.get("ok").booleanValue());
        assertEquals(12, demo.get("steps").size());
        new Xenolith().fails(1, List.of("exists"), "demo", "--keep", folder.toString());
    }

    @Test
    void anErrorOfTheMachineIsASentenceToo() {
        xenolith.ok("init");
        var err = new ByteArrayOutputStream();
        var out = new OutputStream() {
            @Override
            public void write(int one) {
                throw new OutOfMemoryError();
            }
        };
        int exitCode = Cli.run(new Surroundings(InputStream.nullInputStream(), out, new PrintStream(err, true, UTF_8),
                Map.of("XENOLITH_REPO", root.toString()), Terminal.NONE), "list");
        assertEquals(1, exitCode);
        assertTrue(err.toString(UTF_8).startsWith("xenolith: out of memory"), err.toString(UTF_8));
    }

    @Test
    void aFaultIsTracedOnlyWhenAskedFor() {
        var outcome = xenolith.run("-v", "list");
        assertTrue(outcome.err().contains("\tat "), outcome.err());
        assertEquals("", new String(outcome.out(), UTF_8));
    }
}
