package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.ExportName;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server of somebody else's, run as a process: nbdkit, qemu-nbd or nbd-server. It is killed when closed.
final class Peer implements AutoCloseable {
    private final List<String> command;
    private final Path pidFile;
    private final Path log;
    private Process process;

    private Peer(List<String> command, Path pidFile) throws IOException, InterruptedException {
        this.command = command;
        this.pidFile = pidFile;
        this.log = pidFile.resolveSibling("peer.log");
        start();
    }

    /// nbdkit on the socket `s` in `directory`.
    static Peer nbdkit(Path directory, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("nbdkit", "-f", "-U", socket(directory).toString(), "-P", directory + "/pid"));
        command.addAll(List.of(arguments));
        return new Peer(command, directory.resolve("pid"));
    }

    /// nbdkit on a port of 127.0.0.1.
    static Peer nbdkitTcp(Path directory, int port, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("nbdkit", "-f", "-i", "127.0.0.1", "-p", "" + port, "-P", directory + "/pid"));
        command.addAll(List.of(arguments));
        return new Peer(command, directory.resolve("pid"));
    }

    /// qemu-nbd on the socket `s` in `directory`.
    static Peer qemu(Path directory, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("qemu-nbd", "-t", "-k", socket(directory).toString(), "--pid-file",
                directory + "/pid"));
        command.addAll(List.of(arguments));
        return new Peer(command, directory.resolve("pid"));
    }

    /// qemu-nbd on a port of 127.0.0.1.
    static Peer qemuTcp(Path directory, int port, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("qemu-nbd", "-t", "-b", "127.0.0.1", "-p", "" + port, "--pid-file",
                directory + "/pid"));
        command.addAll(List.of(arguments));
        return new Peer(command, directory.resolve("pid"));
    }

    /// nbd-server on a port of 127.0.0.1, which serves `disk` as `vol1`.
    static Peer nbdServer(Path directory, int port, Path disk) throws Exception {
        var config = Files.writeString(directory.resolve("nbd.conf"), """
                [generic]
                    listenaddr = 127.0.0.1
                    port = %d
                    allowlist = true
                [vol1]
                    exportname = %s
                    readonly = true
                """.formatted(port, disk));
        return new Peer(List.of("nbd-server", "-C", config.toString(), "-p", directory + "/pid"), directory.resolve("pid"));
    }

    static Path socket(Path directory) {
        return directory.resolve("s");
    }

    static NbdAddress unix(Path directory, String export) {
        return new NbdAddress(new NbdAddress.Endpoint.Unix(socket(directory)), new ExportName(export), false, null);
    }

    static NbdAddress unixTls(Path directory, String export) {
        return new NbdAddress(new NbdAddress.Endpoint.Unix(socket(directory)), new ExportName(export), true, null);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static void run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output);
        }
    }

    /// Starts it again after [#kill()]; the pid file says that it listens.
    void start() throws IOException, InterruptedException {
        Files.deleteIfExists(pidFile);
        Files.deleteIfExists(socket(pidFile.getParent()));
        process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!Files.exists(pidFile) || Files.size(pidFile) == 0) {
            boolean failed = !process.isAlive() && process.exitValue() != 0;
            if (failed || System.nanoTime() > deadline) {
                throw new AssertionError(command + ": " + Files.readString(log));
            }
            Thread.sleep(5);
        }
    }

    /// SIGKILL: its sockets close and nothing else is said.
    void kill() throws IOException {
        process.destroyForcibly().onExit().join();
        if (Files.exists(pidFile)) {
            long pid = Long.parseLong(Files.readString(pidFile).strip()); // another one if it made itself a daemon
            ProcessHandle.of(pid).ifPresent(daemon -> {
                daemon.descendants().forEach(ProcessHandle::destroyForcibly);
                daemon.destroyForcibly();
            });
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }
}
