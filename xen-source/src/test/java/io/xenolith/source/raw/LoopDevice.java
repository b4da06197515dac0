package io.xenolith.source.raw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A block device made of a file, where the system lets us have one.
record LoopDevice(Path path) implements AutoCloseable {

    static Optional<LoopDevice> over(Path file) throws IOException, InterruptedException {
        var process = start("losetup", "--find", "--show", file.toString());
        if (process.isEmpty()) {
            return Optional.empty();
        }
        var device = new String(process.get().getInputStream().readAllBytes()).strip();
        return process.get().waitFor() == 0 ? Optional.of(new LoopDevice(Path.of(device))) : Optional.empty();
    }

    private static Optional<Process> start(String... command) {
        try {
            return Optional.of(new ProcessBuilder(List.of(command))
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start());
        } catch (IOException e) {
            return Optional.empty(); // there is no losetup here
        }
    }

    @Override
    public void close() {
        start("losetup", "--detach", path.toString()).ifPresent(LoopDevice::awaitEnd);
    }

    private static void awaitEnd(Process process) {
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
