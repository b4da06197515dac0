package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.repository.config.RepositoryKeys.PasswordSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Where passwords come from: a file, the environment, or somebody at the terminal. All that is handed out is wiped by
/// whoever asked.
///
/// @param file     from the command line
/// @param variable the environment's, such as `XENOLITH_PASSWORD`; with `_FILE` behind it, it names a file
/// @param what     what is asked for, such as `Password of /backup`
/// @param chosen   whether it is a new one, so that a slip of the finger must be noticed
public record Passwords(Surroundings surroundings, Optional<Path> file, String variable, String what, boolean chosen)
        implements PasswordSource {

    /// The most that is read of a file or a command to find its first line.
    public static final int MAX_BYTES = 64 << 10;

    @Override
    public Optional<char[]> password() throws IOException {
        var named = file.or(() -> variable(variable + "_FILE").map(Path::of));
        if (named.isPresent()) {
            return Optional.of(firstLine(named.get()));
        }
        var given = variable(variable).map(String::toCharArray);
        return given.isPresent() ? given : ask();
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(surroundings.environment().get(name)).filter(value -> !value.isEmpty());
    }

    private static char[] firstLine(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return firstLine(in.readNBytes(MAX_BYTES), file.toString());
        }
    }

    /// The first line of what was read.
    ///
    /// @param bytes in UTF-8; wiped
    /// @param whence for the message if it is empty
    public static char[] firstLine(byte[] bytes, String whence) throws IOException {
        var text = UTF_8.decode(ByteBuffer.wrap(bytes));
        var all = text.array();
        int length = 0;
        while (length < text.length() && all[length] != '\n' && all[length] != '\r') {
            length++;
        }
        var line = Arrays.copyOf(all, length);
        Arrays.fill(bytes, (byte) 0);
        Arrays.fill(all, '\0');
        if (length == 0) {
            throw new IOException("%s holds no password: its first line is empty".formatted(whence));
        }
        return line;
    }

    private Optional<char[]> ask() throws IOException {
        var first = surroundings.terminal().askPassword(what).filter(password -> password.length > 0);
        if (first.isEmpty() || !chosen) {
            return first;
        }
        var second = surroundings.terminal().askPassword("Once more").orElse(new char[0]);
        boolean same = Arrays.equals(first.get(), second);
        Arrays.fill(second, '\0');
        if (!same) {
            Arrays.fill(first.get(), '\0');
            throw new IOException("the two passwords differ; nothing was done, so try again");
        }
        return first;
    }
}
