package io.xenolith.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.cli.trial.SampleData;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a process leaves that was told to end.
class InterruptionTest {

    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    /// Where the tests run in the background, SIGINT may be ignored, which a child inherits; `env` puts that right.
    private Process start(String... args) throws IOException {
        var command = new ArrayList<>(List.of("env", "--default-signal=INT",
                ProcessHandle.current().info().command().orElseThrow(), "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Xmx256m", "-cp", System.getProperty("java.class.path"), Main.class.getName(), "-r", folder.resolve("repository").toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
    }

    private static void end(Process process, String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the process did not end");
    }

    private List<File> locks() {
        var files = folder.resolve("repository/locks").toFile().listFiles((_, name) -> name.endsWith(".lock"));
        return files == null ? List.of() : List.of(files);
    }

    private void awaitLock(Process process) throws InterruptedException {
        while (locks().stream().noneMatch(lock -> lock.length() > 0) && process.isAlive()) {
            Thread.sleep(10);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void anInterruptedBackupLeavesNoPointAndNoLock(String signal, int exitCode) throws Exception {
        var xenolith = Xenolith.at(folder.resolve("repository"));
        xenolith.ok("init");
        // given a backup that waits for the rest of its disk
        var backup = start("backup", "image", "--vm", "web", "-");
        try (var disk = backup.getOutputStream()) {
            disk.write(SampleData.bytes(1, 40 * MIB));
            disk.flush();
            awaitLock(backup);
            // when it is told to end
            end(backup, signal);
            assertEquals(exitCode, backup.exitValue(), () -> read("err"));
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("Broken pipe"), e.toString()); // the rest of the disk has no reader
        } finally {
            backup.destroyForcibly();
        }
        // then it says so, and nothing of it is in the way
        assertEquals("xenolith: interrupted; what was committed before is untouched", read("err").strip());
        assertEquals(List.of(), locks());
        assertEquals(0, xenolith.json("list").get("points").size());
        xenolith.ok("prune");
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aKilledBackupIsNobodysConcern() throws Exception {
        var xenolith = Xenolith.at(folder.resolve("repository"));
        xenolith.ok("init");
        var backup = start("backup", "image", "--vm", "web", "-");
        try {
            awaitLock(backup);
        } finally {
            end(backup, "KILL");
        }
        var pruned = xenolith.run("prune", "--lock-wait", "0");
        assertEquals(0, pruned.exitCode(), pruned.err());
        assertTrue(pruned.err().contains("cleared the lock that a dead process had left: backup"), pruned.err());
    }

    @Test
    void anInterruptedRestoreGivesItsLockBack() throws Exception {
        var xenolith = Xenolith.at(folder.resolve("repository"));
        xenolith.ok("init");
        var image = Xenolith.image(folder.resolve("image"), MIB, 1, 0);
        xenolith.ok("backup", "image", "--vm", "web", image.toString());
        // given a restore that waits, since nobody reads what it writes
        var restore = start("restore", "web@latest", "--output", "-");
        try {
            while (restore.getInputStream().available() == 0 && restore.isAlive()) {
                Thread.sleep(10);
            }
            end(restore, "INT");
        } finally {
            restore.destroyForcibly();
        }
        assertEquals(130, restore.exitValue(), () -> read("err"));
        assertEquals(List.of(), locks());
    }

    @Test
    void anInterruptedServerGivesItsLockBack() throws Exception {
        Xenolith.at(folder.resolve("repository")).ok("init");
        var server = start("serve", "--listen", "127.0.0.1:0");
        try {
            assertTrue(server.inputReader().readLine().startsWith("0 disks served at 127.0.0.1:"), () -> read("err"));
            end(server, "INT");
        } finally {
            server.destroyForcibly();
        }
        assertEquals(130, server.exitValue(), () -> read("err"));
        assertEquals(List.of(), locks());
    }
}
