package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine.IVersionProvider;

/// Name and version of the program, as it stands in restore points.
public final class Version implements IVersionProvider {

    public static String text() {
        try (var in = Version.class.getResourceAsStream("version.txt")) {
            return "xenolith " + new String(in.readAllBytes(), UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the program's own files cannot be read", e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
