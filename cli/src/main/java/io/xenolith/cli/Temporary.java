package io.xenolith.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// A directory that is removed with all that is in it when it is closed.
public record Temporary(Path path) implements Closeable {

    /// A new directory.
    ///
    /// @param parent where it is made
    public static Temporary in(Path parent, String prefix) throws IOException {
        Files.createDirectories(parent);
        return new Temporary(Files.createTempDirectory(parent, prefix));
    }

    /// Where the system wants its temporary files.
    public static Path systemFolder() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    @Override
    public void close() throws IOException {
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
