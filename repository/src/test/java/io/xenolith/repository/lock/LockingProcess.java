package io.xenolith.repository.lock;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A process of its own that holds a lock until it is told to end, or killed.
final class LockingProcess implements AutoCloseable {

    private static final String HOLDS = "holds";

    private final Process process;

    private LockingProcess(Process process) {
        this.process = process;
    }

    /// What the process does: takes a lock, says so, and waits for the end of its input.
    public static void main(String[] arguments) throws Exception {
        var locks = new LocalLocks(Path.of(arguments[0]));
        var mode = LockMode.valueOf(arguments[1]);
        try (var _ = locks.acquire(mode, LockOwner.thisProcess(arguments[2]), Duration.ZERO, LockListener.SILENT)) {
            System.out.println(HOLDS);
            while (System.in.read() >= 0) {}
        }
    }

    /// Starts a process; it holds the lock when this returns.
    static LockingProcess start(Path root, LockMode mode, String command) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var process = new ProcessBuilder(
                        java, "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classes,
                        LockingProcess.class.getName(), root.toString(), mode.name(), command)
                .redirectErrorStream(true)
                .start();
        var said = new BufferedReader(process.inputReader()).readLine();
        if (!HOLDS.equals(said)) {
            process.destroyForcibly();
            throw new IOException("the process did not get its lock: " + said);
        }
        return new LockingProcess(process);
    }

    long pid() {
        return process.pid();
    }

    /// Lets it give its lock back and end.
    void end() throws IOException {
        process.getOutputStream().close();
        awaitEnd();
    }

    /// Kills it without a chance to clean up.
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() {
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }
}
