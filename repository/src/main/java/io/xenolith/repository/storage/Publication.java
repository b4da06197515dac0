package io.xenolith.repository.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Gives a finished file its name, in one step and only if nobody has that name, whichever process asks first.
enum Publication {
    /// By a hard link, which the kernel refuses if the name is taken.
    LINK {
        @Override
        void publish(Path finished, Path target) throws IOException {
            try {
                Files.createLink(target, finished);
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                throw e;
            } catch (UnsupportedOperationException | FileSystemException e) {
                RENAME.publish(finished, target); // the errors of "no links here" differ; if it is something else, this fails too
                return;
            }
            Files.deleteIfExists(finished);
        }
    },

    /// By a rename, which replaces what is there. Therefore only one at a time looks and renames.
    RENAME {
        @Override
        void publish(Path finished, Path target) throws IOException {
            try (var _ = FileMutex.enter(finished.resolveSibling(".rename"))) {
                if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                    throw new FileAlreadyExistsException(target.toString());
                }
                Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    };

    /// Moves `finished` to `target`, on the same file system. The entry is not durable yet.
    ///
    /// @throws FileAlreadyExistsException if there is a `target`; both files are left as they are
    abstract void publish(Path finished, Path target) throws IOException;
}
