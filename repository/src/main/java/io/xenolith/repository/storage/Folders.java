package io.xenolith.repository.storage;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The folders of a storage, made when they are needed and so that they survive a power loss.
final class Folders {

    private final Path root;
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    Folders(Path root) {
        this.root = root;
    }

    /// Makes `folder`, the root or below it, and all above it durable. One that is there may have been made by another
    /// process a moment ago that has not synced it yet, so what is not known to be durable is synced here too.
    void make(Path folder) throws IOException {
        if (durable.contains(folder)) {
            return;
        }
        if (folder.equals(root)) {
            makeRoot();
        } else {
            make(folder.getParent());
            create(folder);
            sync(folder.getParent());
        }
        durable.add(folder);
    }

    private void makeRoot() throws IOException {
        if (!Files.isDirectory(root)) { // what lies above it is not ours, and perhaps not even readable
            Files.createDirectories(root, OwnerOnly.folder(root));
            sync(root.getParent());
        }
    }

    private static void create(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, OwnerOnly.folder(folder));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /// Makes the entries of `folder` durable.
    static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("Invalid argument")) {
                throw e;
            } // EINVAL: some network and FUSE file systems sync no folders, their servers answer for the entries
        }
    }
}
