package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The tools of qemu, which every image is tried with.
final class Qemu {

    private Qemu() {
    }

    /// Runs a command that must succeed, and returns what it printed.
    static String run(Object... command) throws IOException {
        var words = new ArrayList<String>();
        for (var word : command) {
            words.add(word.toString());
        }
        var process = new ProcessBuilder(words).redirectErrorStream(true).start();
        var printed = new String(process.getInputStream().readAllBytes());
        try {
            assertEquals(0, process.waitFor(), words + " printed " + printed);
        } catch (InterruptedException e) {
            throw new AssertionError(words + " interrupted", e);
        }
        return printed;
    }

    /// Fails unless the image is without any fault, and shows the same disk as a raw file.
    static void assertShows(Path raw, Path image) throws IOException {
        assertClean(image);
        var printed = run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw, image);
        assertEquals("Images are identical.", printed.strip());
    }

    static void assertClean(Path image) throws IOException {
        var printed = run("qemu-img", "check", "-f", "qcow2", image);
        assertEquals("No errors were found on the image.", printed.lines().findFirst().orElse(""), printed);
    }

    /// Creates an image with `options` as for `qemu-img create -o`.
    static void create(Path image, String options, long size) throws IOException {
        run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, image, size);
    }

    /// Lets qemu write to an image, as a guest would: commands of qemu-io.
    static void io(Path image, String... commands) throws IOException {
        var words = new ArrayList<Object>(List.of("qemu-io", "-t", "unsafe", "-f", "qcow2"));
        for (var command : commands) {
            words.add("-c");
            words.add(command);
        }
        words.add(image);
        run(words.toArray());
    }
}
