package io.xenolith.cli.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Copies files out of a file system, with directories and all in them. Links, devices and names that could lead elsewhere
/// are left out; owners and modes are those of whoever runs this.
final class Extraction {

    private static final int DEEPEST = 200; // a damaged file system may hold a directory inside itself

    private final FileReader reader;
    private final List<String> leftOut = new ArrayList<>();
    private long files;
    private long bytes;

    Extraction(FileReader reader) {
        this.reader = reader;
    }

    /// Copies `entry` to `target`, which must not be there.
    void copy(FileEntry entry, Path target) throws IOException, InterruptedException {
        copy(entry, target, 0);
    }

    private void copy(FileEntry entry, Path target, int depth) throws IOException, InterruptedException {
        switch (entry.type()) {
            case FILE -> copyFile(entry, target);
            case DIRECTORY -> copyDirectory(entry, target, depth);
            case OTHER -> throw new IOException(entry.name() + " is a link or a device, which is not copied; name what it leads to");
        }
    }

    private void copyFile(FileEntry file, Path target) throws IOException, InterruptedException {
        try (var out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            reader.read(file, out);
        }
        long length = Files.size(target);
        if (length != file.size()) {
            throw new IOException("%d of the %d bytes of %s could be read; the file system may be damaged"
                    .formatted(length, file.size(), file.name()));
        }
        files++;
        bytes += length;
    }

    private void copyDirectory(FileEntry directory, Path target, int depth) throws IOException, InterruptedException {
        if (depth == DEEPEST) {
            throw new IOException(target + ": directories are deeper than %d, the file system may be damaged".formatted(DEEPEST));
        }
        Files.createDirectory(target);
        for (var entry : reader.list(directory)) {
            if (entry.type() == FileEntry.Type.OTHER || !entry.isSafe()) {
                leftOut.add(entry.name());
            } else {
                copy(entry, target.resolve(entry.name()), depth + 1);
            }
        }
    }

    /// The names of what was left out.
    List<String> leftOut() {
        return leftOut;
    }

    long files() {
        return files;
    }

    long bytes() {
        return bytes;
    }
}
