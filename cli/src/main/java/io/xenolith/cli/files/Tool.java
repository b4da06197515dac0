package io.xenolith.cli.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A program of another project.
///
/// @param program   where it is
/// @param directory where it runs, and where it says what goes wrong
record Tool(Path program, Path directory) {

    private static final int MOST_COMPLAINTS = 4096; // bytes

    /// @param directory of the caller alone
    /// @param names     what it may be called
    /// @param comesWith the Debian packages that have it
    /// @throws IOException if it is not installed
    static Tool find(Path directory, String comesWith, String... names) throws IOException {
        return search(names).map(program -> new Tool(program, directory)).orElseThrow(() -> new IOException(
                "this needs %s, which is not installed; on Debian: apt-get install %s".formatted(names[0], comesWith)));
    }

    /// Looks where system tools are, too, which are not on the path of users.
    static Optional<Path> search(String... names) {
        var folders = (Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin").split(":");
        return Stream.of(names).flatMap(name -> Stream.of(folders).filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    private interface Use {
        void of(InputStream out) throws IOException;
    }

    /// Runs it and gives what it says, as text.
    String say(String input, List<String> arguments) throws IOException, InterruptedException {
        var said = new StringBuilder();
        run(input, arguments, out -> said.append(new String(out.readAllBytes(), StandardCharsets.UTF_8)));
        return said.toString();
    }

    /// Runs it and copies what it says to `target`.
    void copy(String input, List<String> arguments, OutputStream target) throws IOException, InterruptedException {
        run(input, arguments, out -> out.transferTo(target));
    }

    private void run(String input, List<String> arguments, Use use) throws IOException, InterruptedException {
        var complaints = Files.createTempFile(directory, "complaints", "");
        var builder = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), arguments.stream()).toList())
                .directory(directory.toFile()).redirectError(complaints.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        var process = builder.start();
        try {
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            try (var out = process.getInputStream()) {
                use.of(out);
            }
            if (process.waitFor() != 0) {
                throw new IOException("%s failed: %s".formatted(program.getFileName(), text(complaints)));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_COMPLAINTS), StandardCharsets.UTF_8).strip();
        }
    }
}
