package io.xenolith.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.cli.Program;
import io.xenolith.cli.RunningCommand;
import io.xenolith.cli.Xenolith;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Restore points through the eyes of other projects' clients.
class ServeTest {

    private static final int MIB = 1 << 20;
    private static final int BLOCK = 64 << 10;
    private static final String MONDAY = "2026-01-05T02:00:00Z";
    private static final String TUESDAY = "2026-01-06T02:00:00Z";

    /// Made once: it takes most of the time.
    @TempDir
    static Path template;

    private static String mondayId;

    @TempDir
    Path folder;

    private Xenolith xenolith;
    private Path monday;
    private Path tuesday;

    @BeforeAll
    static void aMachineOnTwoDays() throws IOException {
        var xenolith = Xenolith.at(template.resolve("repository"));
        xenolith.ok("init");
        var disk = Xenolith.image(template.resolve("monday"), 24 * MIB + 512, 1, 0, 5 * MIB, 20 * MIB);
        mondayId = xenolith.json("backup", "image", "--vm", "web", disk.toString(), "--time", MONDAY).get("point").stringValue();
        overwrite(Files.copy(disk, template.resolve("tuesday")), 5 * MIB + 12_345, "a changed word".getBytes(UTF_8));
        xenolith.ok("backup", "image", "--vm", "web", template.resolve("tuesday").toString(), "--time", TUESDAY);
    }

    @BeforeEach
    void copiesOfThem() throws Exception {
        Program.ok("cp", "-r", "--sparse=always", template + "/.", folder.toString());
        xenolith = Xenolith.at(folder.resolve("repository"));
        monday = folder.resolve("monday");
        tuesday = folder.resolve("tuesday");
    }

    private static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    private RunningCommand serve(String... args) {
        var all = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:0"));
        all.addAll(List.of(args));
        return xenolith.start(all.toArray(String[]::new));
    }

    private static String uri(RunningCommand server) throws InterruptedException {
        return server.ready().get("uri").stringValue();
    }

    private static JsonNode json(String... command) throws IOException, InterruptedException {
        return new JsonMapper().readTree(Program.ok(command));
    }

    private void assertSame(Path expected, Path actual) throws IOException {
        assertEquals(-1, Files.mismatch(expected, actual), () -> actual + " differs");
    }

    @Test
    void everyClientReadsTheDiskAsItWas() throws Exception {
        try (var server = serve("web@" + TUESDAY)) {
            var uri = uri(server);
            Program.ok("nbdcopy", uri, folder.resolve("copy").toString());
            assertSame(tuesday, folder.resolve("copy"));
            // in order, one small request at a time, which is read ahead of
            Program.ok("nbdcopy", "--connections=1", "--requests=1", "--request-size=65536", uri, folder.resolve("slow").toString());
            assertSame(tuesday, folder.resolve("slow"));
            Program.ok("qemu-img", "compare", "-f", "raw", "-F", "raw", uri, tuesday.toString());
        }
    }

    @Test
    void severalClientsAtOnceGetWhatEachAskedFor() throws Exception {
        try (var server = serve()) {
            var uri = uri(server);
            var first = new ProcessBuilder("nbdcopy", uri + "web/" + MONDAY + "/xvda", folder.resolve("first").toString()).start();
            var second = new ProcessBuilder("nbdcopy", uri + "web/" + TUESDAY + "/xvda", folder.resolve("second").toString()).start();
            assertEquals(0, first.waitFor());
            assertEquals(0, second.waitFor());
            assertSame(monday, folder.resolve("first"));
            assertSame(tuesday, folder.resolve("second"));
        }
    }

    @Test
    void allDisksAreListedAndFoundByTimeAndById() throws Exception {
        try (var server = serve()) {
            var uri = uri(server);
            assertEquals(List.of("web/" + MONDAY + "/xvda", "web/" + TUESDAY + "/xvda"), names(server.ready()));
            var listed = json("nbdinfo", "--list", "--json", uri).get("exports");
            assertEquals(2, listed.size());
            assertEquals("web/" + MONDAY + "/xvda", listed.get(0).get("export-name").stringValue());
            assertEquals("restore point %s, full, 24.0 MiB".formatted(mondayId), listed.get(0).get("description").stringValue());
            for (var name : List.of("web/" + MONDAY + "/xvda", mondayId, mondayId + "/xvda")) {
                assertEquals(24 * MIB + 512, Long.parseLong(Program.ok("nbdinfo", "--size", uri + name).strip()), name);
            }
        }
    }

    private static List<String> names(JsonNode served) {
        return served.get("exports").valueStream().map(export -> export.get("name").stringValue()).toList();
    }

    @Test
    void aPointThatIsMadeMeanwhileIsServedToo() throws Exception {
        try (var server = serve()) {
            var uri = uri(server);
            Program.ok("nbdinfo", uri + mondayId);
            var data = Xenolith.image(folder.resolve("data"), 3 * MIB, 7, 0);
            xenolith.ok("backup", "image", "--vm", "a name/with things@", tuesday.toString(), "b=" + data, "--time", TUESDAY);
            var names = json("nbdinfo", "--list", "--json", uri).get("exports").valueStream()
                    .map(export -> export.get("export-name").stringValue()).toList();
            assertTrue(names.contains("a name/with things@/" + TUESDAY + "/b"), names.toString());
            Program.ok("nbdcopy", uri + "a%20name/with%20things%40/" + TUESDAY + "/b", folder.resolve("copy").toString());
            assertSame(data, folder.resolve("copy"));
        }
    }

    @Test
    void whatIsNotThereOrNotServedIsRefused() throws Exception {
        try (var server = serve(mondayId, "--no-list")) {
            var uri = uri(server);
            for (var name : List.of("nonsense", "web/" + TUESDAY + "/xvda", mondayId + "/xvdb", mondayId.substring(0, 8),
                    "web/" + MONDAY, "web@latest", "//", "../" + mondayId)) {
                assertNotEquals(0, Program.run("nbdinfo", "--size", uri + name).exitCode(), name);
            }
            assertNotEquals(0, Program.run("nbdinfo", "--list", uri).exitCode());
            Program.ok("nbdinfo", "--size", uri);
        }
    }

    @Test
    void withSeveralDisksNoneIsTheDefault() throws Exception {
        try (var server = serve()) {
            assertNotEquals(0, Program.run("nbdinfo", "--size", uri(server)).exitCode());
        }
    }

    /// What `nbdinfo --map` tells of a context: a number for each block of 64 KiB.
    private static int[] map(String context, String uri) throws IOException, InterruptedException {
        var flags = new int[24 * MIB / BLOCK + 1];
        for (var run : json("nbdinfo", "--map=" + context, "--json", uri)) {
            int from = (int) (run.get("offset").longValue() / BLOCK);
            int to = (int) ((run.get("offset").longValue() + run.get("length").longValue() + BLOCK - 1) / BLOCK);
            Arrays.fill(flags, from, to, run.get("type").intValue());
        }
        return flags;
    }

    @Test
    void holesAreToldWhereTheDiskHadThem() throws Exception {
        try (var server = serve(mondayId)) {
            var expected = new int[24 * MIB / BLOCK + 1];
            Arrays.fill(expected, 3);
            for (long data : List.of(0L, 5L, 20L)) {
                Arrays.fill(expected, (int) (data * MIB / BLOCK), (int) ((data + 1) * MIB / BLOCK), 0);
            }
            assertEquals(Arrays.toString(expected), Arrays.toString(map("base:allocation", uri(server))));
            var holes = json("qemu-img", "map", "--output=json", "-f", "raw", uri(server)).valueStream()
                    .filter(run -> !run.get("data").booleanValue()).mapToLong(run -> run.get("length").longValue()).sum();
            assertEquals(21 * MIB + 512, holes);
        }
    }

    @Test
    void whatChangedSinceAnotherPointIsTold() throws Exception {
        try (var server = serve("web@" + TUESDAY)) {
            for (var prefix : List.of("", "x-")) {
                var context = prefix + "xenolith:changed-since:" + mondayId;
                assertTrue(Program.ok("nbdinfo", uri(server)).contains(context));
                var flags = map(context, uri(server));
                int changed = (5 * MIB + 12_345) / BLOCK;
                assertEquals(1, flags[changed]);
                // exact to the chunk, which is at most 256 KiB
                for (int block = 0; block < flags.length; block++) {
                    assertTrue(flags[block] == 0 || Math.abs(block - changed) <= 4, "block " + block);
                }
            }
            var unknown = "xenolith:changed-since:0123456789abcdef";
            assertNotEquals(0, Program.run("nbdinfo", "--map=" + unknown, uri(server)).exitCode());
        }
    }

    @Test
    void whatIsWrittenIsSharedByAllConnectionsAndDroppedInTheEnd() throws Exception {
        var scratch = Files.createDirectory(folder.resolve("scratch"));
        try (var server = serve(mondayId, "--writable", "--scratch", scratch.toString())) {
            var uri = uri(server);
            qemuIo(uri, "write -P 0x5a 70000 9000", "write -z 5M 64k", "write -zu 5177344 100", "discard 20M 128k", "flush",
                    "write -f -P 0x33 25166300 20");
            qemuIo(uri, "read -P 0x5a 70000 9000", "read -P 0 5M 64k", "read -P 0 20M 128k", "read -P 0x33 25166300 20");
            var expected = Files.copy(monday, folder.resolve("expected"));
            overwrite(expected, 70_000, filled(9000, 0x5a));
            overwrite(expected, 5 * MIB, new byte[64 << 10]);
            overwrite(expected, 5_177_344, new byte[100]);
            overwrite(expected, 20 * MIB, new byte[128 << 10]);
            overwrite(expected, 25_166_300, filled(20, 0x33));
            Program.ok("qemu-img", "compare", "-f", "raw", "-F", "raw", uri, expected.toString());
            try (var files = Files.list(scratch)) {
                assertEquals(0, files.count());
            }
        }
        assertEquals(2, xenolith.json("list").get("points").size());
        xenolith.ok("restore", mondayId, "-o", folder.resolve("restored").toString());
        assertSame(monday, folder.resolve("restored"));
    }

    private static byte[] filled(int length, int value) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static void qemuIo(String uri, String... commands) throws IOException, InterruptedException {
        var said = Program.ok(qemuIoCommand(uri, commands));
        assertTrue(!said.contains("failed"), said);
    }

    private static String[] qemuIoCommand(String uri, String... commands) {
        var all = new ArrayList<>(List.of("qemu-io", "-f", "raw", "-d", "unmap"));
        for (var command : commands) {
            all.addAll(List.of("-c", command));
        }
        all.add(uri);
        return all.toArray(String[]::new);
    }

    @Test
    void whatIsWrittenBecomesARestorePointIfItShall() throws Exception {
        var data = Xenolith.image(folder.resolve("data"), 3 * MIB, 7, 0);
        var base = xenolith.json("backup", "image", "--vm", "two", monday.toString(), data.toString(), "--time", MONDAY)
                .get("point").stringValue();
        var expected = Files.copy(monday, folder.resolve("expected"));
        try (var server = serve("two@latest", "--writable", "--commit")) {
            qemuIo(uri(server) + base + "/xvda", "write -P 0x5a 70000 9000", "discard 20M 1M");
            overwrite(expected, 70_000, filled(9000, 0x5a));
            overwrite(expected, 20 * MIB, new byte[MIB]);
            var committed = server.end()[1];
            assertEquals(130, server.exitCode());
            assertEquals("inc", committed.get("level").stringValue());
            assertTrue(committed.get("notes").get(0).stringValue().contains(base));
            // what was written was read, and some samples; not the disk
            assertTrue(committed.get("disks").get(0).get("wholeReason").isNull(), committed.toString());
        }
        xenolith.ok("restore", "two@latest", "-o", folder.resolve("restored").toString() + "/");
        assertSame(expected, folder.resolve("restored/xvda.raw"));
        assertSame(data, folder.resolve("restored/xvdb.raw"));
        // the same disk has the same root from every way
        var again = xenolith.json("backup", "image", "--vm", "again", expected.toString());
        assertEquals(again.get("disks").get(0).get("root"),
                xenolith.json("show", "two@latest").get("disks").get(0).get("root"));
    }

    @Test
    void whereNothingWasWrittenThereIsNoNewPoint() throws Exception {
        try (var server = serve(mondayId, "--writable", "--commit")) {
            uri(server);
            assertEquals(1, server.end().length);
            assertTrue(server.err().contains("nothing was written"), server.err());
        }
        assertEquals(2, xenolith.json("list").get("points").size());
    }

    @Test
    void clientsAreToldWhenTheScratchFileIsFull() throws Exception {
        try (var server = serve(mondayId, "--writable", "--scratch-size", "1m")) {
            var uri = uri(server);
            var full = Program.run(qemuIoCommand(uri, "write 0 1M", "write 1M 4k"));
            assertTrue(full.said().contains("No space left on device"), full.said());
            qemuIo(uri, "write -P 9 0 4k", "read -P 9 0 4k");
        }
    }

    @Test
    void aReadOnlyDiskTakesNoWrites() throws Exception {
        try (var server = serve(mondayId)) {
            var written = Program.run(qemuIoCommand(uri(server), "write 0 4k"));
            assertTrue(written.exitCode() != 0 || written.said().contains("read-only"), written.said());
        }
    }

    @Test
    void aUnixSocketIsServedAndGoneInTheEnd() throws Exception {
        var socket = folder.resolve("web.sock");
        try (var server = xenolith.start("serve", mondayId, "--socket", socket.toString())) {
            assertEquals("nbd+unix:///?socket=" + socket, uri(server));
            assertEquals(24 * MIB + 512, Long.parseLong(Program.ok("nbdinfo", "--size", uri(server)).strip()));
        }
        assertTrue(Files.notExists(socket));
    }

    @Test
    void withACertificateAllMustUseTls() throws Exception {
        var pki = Files.createDirectory(folder.resolve("pki"));
        Program.ok("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", pki.resolve("key.pem").toString(),
                "-out", pki.resolve("ca-cert.pem").toString());
        try (var server = serve(mondayId, "--tls-cert", pki.resolve("ca-cert.pem").toString(), "--tls-key",
                pki.resolve("key.pem").toString())) {
            var uri = uri(server);
            assertTrue(uri.startsWith("nbds://"), uri);
            Program.ok("nbdcopy", uri + "?tls-certificates=" + pki, folder.resolve("copy").toString());
            assertSame(monday, folder.resolve("copy"));
            assertNotEquals(0, Program.run("nbdinfo", "--size", uri.replace("nbds:", "nbd:")).exitCode());
        }
    }

    @Test
    void aServerThatEndsLeavesNoLockAndNoClientHanging() throws Exception {
        var server = serve();
        var client = new ProcessBuilder("qemu-io", "-f", "raw", uri(server) + mondayId).redirectErrorStream(true).start();
        try (var answers = client.inputReader()) {
            ask(client, "read 0 4k\n");
            var answer = answers.readLine();
            while (answer != null && !answer.contains("read 4096/4096 bytes")) {
                answer = answers.readLine();
            }
            assertNotNull(answer);
            // when it ends under a client that wants more
            server.end();
            assertEquals(130, server.exitCode(), server.err());
            ask(client, "read 0 4k\nquit\n");
            assertTrue(answers.lines().noneMatch(line -> line.contains("read 4096/4096 bytes")));
        } finally {
            client.destroyForcibly();
        }
        xenolith.ok("prune", "--keep-last", "1", "--lock-wait", "0");
    }

    private static void ask(Process qemuIo, String what) {
        try {
            var commands = qemuIo.outputWriter();
            commands.write(what);
            commands.flush();
        } catch (IOException _) {
            // it went when the server did
        }
    }

    @Test
    void anEncryptedRepositoryIsServedLikeAnyOther() throws Exception {
        xenolith = Xenolith.at(folder.resolve("encrypted")).with("XENOLITH_PASSWORD", "secret");
        xenolith.ok("init", "--encrypt");
        xenolith.ok("backup", "image", "--vm", "web", monday.toString());
        try (var server = serve()) {
            Program.ok("nbdcopy", uri(server), folder.resolve("copy").toString());
            assertSame(monday, folder.resolve("copy"));
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedBeforeAnythingIsOpened() {
        xenolith.fails(2, List.of("exactly one POINT"), "serve", "--writable");
        xenolith.fails(2, List.of("--commit needs --writable"), "serve", mondayId, "--commit");
        xenolith.fails(2, List.of("--insecure-network", "--tls-cert"), "serve", "--listen", "0.0.0.0:0");
        xenolith.fails(2, List.of("belong together"), "serve", "--tls-cert", "cert.pem");
        xenolith.fails(2, List.of("choose one"), "serve", "--listen", "127.0.0.1:0", "--socket", "s");
        xenolith.fails(2, List.of("HOST:PORT"), "serve", "--listen", "a:b:c");
        xenolith.fails(2, List.of("at most 65535"), "serve", "--listen", "127.0.0.1:70000");
        xenolith.fails(1, List.of("nobody@latest"), "serve", "nobody@latest");
    }

    @Test
    void anOpenNetworkIsServedWithAWarning() throws Exception {
        try (var server = xenolith.start("serve", mondayId, "--listen", "0.0.0.0:0", "--insecure-network")) {
            server.ready();
            assertTrue(server.err().contains("nothing on the way is encrypted"), server.err());
        }
    }
}
