package io.xenolith.repository.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects the objects of one folder of a [LocalStorage]. Pruning deletes what no listed restore point needs, so a listing
/// is complete or it fails: an unreadable folder, a link that leads nowhere or a root that is not mounted is no empty folder.
final class Listing extends SimpleFileVisitor<Path> {

    private final Path root;
    private final Path start;
    private final List<StoredObject> found = new ArrayList<>();

    Listing(Path root, Path start) {
        this.root = root;
        this.start = start;
    }

    List<StoredObject> sorted() {
        found.sort(Comparator.comparing(StoredObject::name));
        return found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        return isOurs(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!isOurs(file)) {
            return FileVisitResult.CONTINUE;
        }
        if (!attributes.isRegularFile() || file.equals(start)) {
            throw new IOException("%s is not a %s".formatted(file, file.equals(start) ? "folder" : "file or a folder"));
        }
        found.add(new StoredObject(nameOf(file), attributes.size()));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (!isOurs(file)) {
            return FileVisitResult.CONTINUE; // such as lost+found, which nobody but root may read
        }
        if (!(failure instanceof NoSuchFileException)) {
            throw failure;
        }
        if (!Files.isDirectory(root)) {
            throw new IOException("%s is not there; is it mounted?".formatted(root), failure);
        }
        return FileVisitResult.CONTINUE; // deleted meanwhile, or a folder that no object was ever put into
    }

    private static boolean isOurs(Path path) {
        return ObjectNames.isSegment(path.getFileName().toString());
    }

    private String nameOf(Path file) {
        return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
    }
}
