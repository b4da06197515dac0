package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/// What a command meets outside of itself. Tests make their own.
///
/// @param in          for a disk that arrives through a pipe
/// @param out         for results, or for a disk that leaves through a pipe
/// @param err         for everything else
/// @param environment the variables `XENOLITH_…`
/// @param terminal    whoever sits in front of it
public record Surroundings(InputStream in, OutputStream out, PrintStream err, Map<String, String> environment, Terminal terminal) {

    /// Those of this process. Text is written in UTF-8 wherever it goes: JSON demands it.
    public static Surroundings ofProcess() {
        return new Surroundings(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8), System.getenv(),
                Terminal.ofProcess());
    }
}
