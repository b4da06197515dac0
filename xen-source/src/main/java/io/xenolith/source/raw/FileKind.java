package io.xenolith.source.raw;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// What stands behind a path, symbolic links followed.
enum FileKind {
    FILE("a regular file"),
    BLOCK_DEVICE("a block device"),
    PIPE("a pipe"),
    DIRECTORY("a directory"),
    CHARACTER_DEVICE("a character device"),
    OTHER("neither a file nor a block device");

    // st_mode of stat(2): the bits that tell the kind, and three of their values
    private static final int KIND_BITS = 0170000;
    private static final int PIPE_BITS = 0010000;
    private static final int CHARACTER_DEVICE_BITS = 0020000;
    private static final int BLOCK_DEVICE_BITS = 0060000;

    private final String words;

    FileKind(String words) {
        this.words = words;
    }

    /// @throws NoSuchFileException if nothing stands behind `path`
    static FileKind of(Path path) throws IOException {
        return of(path, attributes(path));
    }

    static FileKind of(Path path, BasicFileAttributes attributes) throws IOException {
        if (attributes.isRegularFile()) {
            return FILE;
        }
        if (attributes.isDirectory()) {
            return DIRECTORY;
        }
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return OTHER;
        }
        return switch ((Integer) Files.getAttribute(path, "unix:mode") & KIND_BITS) {
            case PIPE_BITS -> PIPE;
            case CHARACTER_DEVICE_BITS -> CHARACTER_DEVICE;
            case BLOCK_DEVICE_BITS -> BLOCK_DEVICE;
            default -> OTHER;
        };
    }

    static BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw because(e, new NoSuchFileException(path.toString(), null,
                    "there is no such file or device; check the path"));
        }
    }

    /// Whether bytes can be read and written at any offset.
    boolean hasOffsets() {
        return this == FILE || this == BLOCK_DEVICE;
    }

    FileSystemException refusal(Path path) {
        return new FileSystemException(path.toString(), null,
                "is %s and cannot be used as a disk; name a file or a block device".formatted(words));
    }

    private static <E extends IOException> E because(IOException cause, E exception) {
        exception.initCause(cause);
        return exception;
    }
}
