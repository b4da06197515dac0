package io.xenolith.repository.storage;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Attributes for what a repository creates: backups hold everything that the machines hold, so nobody but their owner
/// reads them. Where the file system knows no POSIX permissions, there are none to set.
public final class OwnerOnly {

    private static final FileAttribute<?>[] FILE = {attribute("rw-------")};
    private static final FileAttribute<?>[] FOLDER = {attribute("rwx------")};
    private static final FileAttribute<?>[] NONE = {};

    private OwnerOnly() {}

    /// For creating the file `path`.
    public static FileAttribute<?>[] file(Path path) {
        return isPosix(path) ? FILE.clone() : NONE;
    }

    /// For creating the folder `path`.
    public static FileAttribute<?>[] folder(Path path) {
        return isPosix(path) ? FOLDER.clone() : NONE;
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?> attribute(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
