package io.xenolith.repository.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tells from a failure of the local file system what the operator has to do about it.
///
/// The JDK has types for few errors. The others arrive as the system's own sentence, and that in the language of the
/// process; so where the sentence is not known, the file system is asked whether it is full or read-only. Only for
/// writes: a bad sector of a read-only disk is no matter of permissions.
public final class LocalFailures {

    private static final long AS_GOOD_AS_FULL_BYTES = 64 << 10; // less than this is not given out to a writer

    private LocalFailures() {}

    /// What to throw in place of `cause`, a failure to read: itself if it already says what happened, otherwise an
    /// exception that says what was being done where.
    ///
    /// @param doing what failed, such as `reading packs/ab`
    public static IOException reading(IOException cause, String doing, Path where) {
        return explain(cause, kindOf(cause), doing, where);
    }

    /// What to throw in place of `cause`, a failure to change something.
    ///
    /// @param doing what failed, such as `writing packs/ab`
    /// @param where a folder on the file system that failed; it need not exist
    public static IOException writing(IOException cause, String doing, Path where) {
        var kind = kindOf(cause);
        return explain(cause, kind == Kind.OTHER ? kindOf(where) : kind, doing, where);
    }

    private static IOException explain(IOException cause, Kind kind, String doing, Path where) {
        if (cause instanceof StorageException
                || cause instanceof ClosedChannelException
                || cause instanceof EOFException) {
            return cause;
        }
        return switch (kind) {
            case FULL -> new StorageFullException(doing, where.toString(), cause);
            case READ_ONLY -> new StorageReadOnlyException(doing, where.toString(), cause);
            case OTHER -> new IOException("failed in %s while %s: %s".formatted(where, doing, cause), cause);
        };
    }

    private enum Kind {
        FULL,
        READ_ONLY,
        OTHER
    }

    private static Kind kindOf(IOException cause) {
        var message = String.valueOf(cause.getMessage());
        if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
            return Kind.FULL;
        }
        return cause instanceof AccessDeniedException
                        || message.contains("Read-only file system")
                        || message.contains("Permission denied")
                        || message.contains("Operation not permitted")
                ? Kind.READ_ONLY
                : Kind.OTHER;
    }

    private static Kind kindOf(Path where) {
        try {
            var store = Files.getFileStore(where);
            return store.isReadOnly()
                    ? Kind.READ_ONLY
                    : store.getUsableSpace() < AS_GOOD_AS_FULL_BYTES ? Kind.FULL : Kind.OTHER;
        } catch (IOException e) {
            return Kind.OTHER; // the first failure is the one worth telling
        }
    }
}
