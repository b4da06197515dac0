package io.xenolith.cli;

import io.xenolith.engine.map.CorruptMapException;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.lock.RepositoryLockedException;
import io.xenolith.repository.read.MissingChunkException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.ParameterException;

/// What a failure means to whoever called.
///
/// @param sentence what happened, and what to do about it where that is known
public record Failure(int exitCode, String sentence) {

    public static Failure of(Throwable e) {
        return switch (e) {
            case ParameterException usage -> new Failure(ExitCode.USAGE, usage.getMessage());
            case UsageException usage -> new Failure(ExitCode.USAGE, usage.getMessage());
            case InterruptedException _ -> interrupted();
            case ClosedByInterruptException _ -> interrupted();
            case CancellationException _ -> interrupted();
            case RepositoryLockedException locked -> new Failure(ExitCode.LOCKED, locked.getMessage());
            case CorruptObjectException damage -> new Failure(ExitCode.DAMAGE, damage.getMessage());
            case CorruptMapException damage -> new Failure(ExitCode.DAMAGE, damage.getMessage());
            case MissingChunkException damage -> new Failure(ExitCode.DAMAGE, damage.getMessage());
            case UncheckedIOException wrapper -> of(wrapper.getCause());
            case NoSuchFileException file -> failed(file, "there is no such file or directory");
            case AccessDeniedException file -> failed(file, "this user may not do that");
            case FileAlreadyExistsException file -> failed(file, "it exists already and was left as it is");
            case DirectoryNotEmptyException file -> failed(file, "the directory is not empty");
            case FileSystemException file -> failed(file, "the system refused without a reason");
            case FileNotFoundException file -> new Failure(ExitCode.FAILED, file.getMessage());
            case IOException failure -> new Failure(ExitCode.FAILED, sentence(failure));
            case OutOfMemoryError _ -> new Failure(ExitCode.FAILED,
                    "out of memory; give it more, such as XENOLITH_JAVA_OPTS=-Xmx1g");
            default -> new Failure(ExitCode.FAILED, "a fault of the program: %s; please report it with the output of -v"
                    .formatted(e));
        };
    }

    private static Failure interrupted() {
        return new Failure(ExitCode.INTERRUPTED, "interrupted; what was committed before is untouched");
    }

    private static Failure failed(FileSystemException e, String ifSilent) {
        var reason = e.getReason() == null ? ifSilent : e.getReason();
        return new Failure(ExitCode.FAILED, e.getFile() == null ? reason : "%s: %s".formatted(e.getFile(), reason));
    }

    private static String sentence(IOException e) {
        if (e.getMessage() != null) {
            return e.getMessage();
        }
        return e.getCause() == null ? "input or output failed: " + e.getClass().getSimpleName() : of(e.getCause()).sentence();
    }
}
