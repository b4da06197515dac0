package io.xenolith.repository.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Who asks for a lock, told to those who have to wait for it.
///
/// @param host the machine's or container's name
/// @param pid the process's number there
/// @param command what it is about, such as `prune`
public record LockOwner(String host, long pid, String command) {

    private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    public LockOwner {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(command, "command");
    }

    /// This process, busy with `command`.
    public static LockOwner thisProcess(String command) {
        return new LockOwner(hostName(), ProcessHandle.current().pid(), command);
    }

    /// Without asking the network, which may take seconds to answer.
    private static String hostName() {
        try {
            return Files.readString(LINUX_HOST_NAME).strip();
        } catch (IOException e) {
            return System.getenv().getOrDefault("HOSTNAME", "localhost");
        }
    }
}
