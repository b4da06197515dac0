package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Backups over NBD, from qemu's and nbdkit's servers.
class NbdBackupTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private final List<Process> servers = new ArrayList<>();
    private Xenolith xenolith;
    private Path image;

    @BeforeEach
    void aRepositoryAndADisk() throws IOException {
        xenolith = Xenolith.at(folder.resolve("repository"));
        xenolith.ok("init");
        image = Xenolith.image(folder.resolve("web.raw"), 96 * MIB + 512, 1, 0, 5 * MIB, 70 * MIB);
    }

    @AfterEach
    void endServers() throws InterruptedException {
        for (var server : servers) {
            server.destroyForcibly().waitFor();
        }
    }

    private static void run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
    }

    /// Starts a server that runs until the test ends, and returns the URI of its default export.
    private String serve(String... command) throws Exception {
        var socket = folder.resolve("socket" + servers.size());
        var all = new ArrayList<>(List.of(command));
        all.replaceAll(word -> word.replace("SOCKET", socket.toString()));
        var server = new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        servers.add(server);
        while (!Files.exists(socket)) {
            assertTrue(!server.waitFor(20, TimeUnit.MILLISECONDS), "the server ended: " + Files.readString(folder.resolve("log")));
        }
        return "nbd+unix:///?socket=" + socket;
    }

    private static String root(JsonNode backup) {
        return backup.get("disks").get(0).get("root").stringValue();
    }

    private static long read(JsonNode backup) {
        return backup.get("disks").get(0).get("bytesRead").longValue();
    }

    private String rootOfFile(Path file) {
        return root(xenolith.json("backup", "image", "--vm", "file", "--format", "raw", file.toString()));
    }

    @Test
    void aFullOverNbdHasTheRootOfTheFileAndReadsNoHoles() throws Exception {
        var uri = serve("nbdkit", "-f", "-r", "-U", "SOCKET", "file", image.toString());
        for (var connections : List.of("1", "4")) {
            var backup = xenolith.json("backup", "nbd", "--vm", "nbd", uri, "--connections", connections);
            assertEquals(rootOfFile(image), root(backup));
            assertTrue(read(backup) < 8 * MIB, "%d bytes were read".formatted(read(backup)));
        }
    }

    @Test
    void aServerThatTellsNothingIsReadAsAWhole() throws Exception {
        var uri = serve("nbdkit", "-f", "-r", "-U", "SOCKET", "--no-sr", "--mask-handshake=0", "file", image.toString());
        var backup = xenolith.json("backup", "nbd", "--vm", "nbd", uri);
        assertEquals(rootOfFile(image), root(backup));
        assertEquals(Files.size(image), read(backup));
    }

    @Test
    void aDirtyBitmapIsAllThatIsRead() throws Exception {
        var qcow = folder.resolve("web.qcow2");
        run("qemu-img", "convert", "-O", "qcow2", image.toString(), qcow.toString());
        var uri = serve("qemu-nbd", "-f", "qcow2", "-r", "-t", "-e", "0", "-k", "SOCKET", qcow.toString());
        xenolith.ok("backup", "nbd", "--vm", "web", uri);
        servers.removeFirst().destroyForcibly().waitFor();

        run("qemu-img", "bitmap", "--add", qcow.toString(), "daily");
        run("qemu-io", "-f", "qcow2", "-c", "write -P 7 40M 100k", "-c", "write -z 5M 64k", qcow.toString());
        uri = serve("qemu-nbd", "-f", "qcow2", "-r", "-t", "-e", "0", "-k", "SOCKET", "-B", "daily", qcow.toString());
        var increment = xenolith.json("backup", "nbd", "--vm", "web", uri, "--bitmap", "daily", "--base", "web@latest");

        var raw = folder.resolve("today.raw");
        run("qemu-img", "convert", "-O", "raw", qcow.toString(), raw.toString());
        assertEquals(rootOfFile(raw), root(increment));
        assertEquals("inc", increment.get("level").stringValue());
        assertTrue(increment.get("disks").get(0).get("wholeReason").isNull(), increment.toString());
        assertTrue(read(increment) < 40 * MIB, "%d bytes were read".formatted(read(increment)));
        xenolith.fails(1, List.of("no bitmap", "weekly"), "backup", "nbd", "--vm", "web", uri, "--bitmap", "weekly", "--base",
                "web@latest");
    }

    @Test
    void aServerThatIsKilledAndComesBackDoesNotHurt() throws Exception {
        var slow = new String[] {"nbdkit", "-f", "-r", "-U", "SOCKET", "--filter=delay", "file", image.toString(), "rdelay=150ms"};
        var uri = serve(slow);
        var outcome = new FutureTask<>(() -> xenolith.run("--json", "backup", "nbd", "--vm", "killed", uri,
                "--connections", "2"));
        var backup = Thread.ofPlatform().start(outcome);
        Thread.sleep(new Random().nextInt(200, 1500)); // at any moment: before, while or after it is read
        servers.removeFirst().destroyForcibly().waitFor();
        Files.deleteIfExists(folder.resolve("socket0"));
        assertEquals(uri, serve(slow));
        backup.join();
        assertEquals(0, outcome.get().exitCode(), outcome.get().err());
        assertEquals(rootOfFile(image), root(outcome.get().json()));
    }

    @Test
    void changesFromAFileDoAsWell() throws Exception {
        var uri = serve("nbdkit", "-f", "-r", "-U", "SOCKET", "file", image.toString());
        xenolith.ok("backup", "nbd", "--vm", "web", uri);
        var changed = Files.writeString(folder.resolve("changed"), "65536 4096\n");
        var increment = xenolith.json("backup", "nbd", "--vm", "web", uri, "--changed", changed.toString(), "--base", "web@latest");
        assertEquals("inc", increment.get("level").stringValue());
        assertEquals(rootOfFile(image), root(increment));
    }

    @Test
    void aDiskThatCannotBeReadEndsTheBackupWithASentence() throws Exception {
        var uri = serve("nbdkit", "-f", "-r", "-U", "SOCKET", "--filter=error", "file", image.toString(),
                "error-pread=EIO", "error-pread-rate=100%");
        xenolith.fails(1, List.of("byte"), "backup", "nbd", "--vm", "web", uri);
        assertEquals(0, xenolith.json("list").get("points").size());
        xenolith.fails(2, List.of("NBD URI"), "backup", "nbd", "--vm", "web", "http://host/export");
        xenolith.fails(2, List.of("--base"), "backup", "nbd", "--vm", "web", uri, "--bitmap", "daily");
    }
}
