package io.xenolith.repository.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Mutual exclusion between all threads of all processes that enter by the same file, for moments. It ends with its
/// process, however that dies. The file stays for ever: whoever deleted it would let a second one in beside a first.
///
/// An OS lock belongs to the whole JVM, and closing any channel on the file drops it. So within the JVM a lock of its own
/// comes first, and only its owner ever has the file open.
public final class FileMutex implements Closeable {

    private static final Map<Place, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();

    private final FileChannel channel;
    private final ReentrantLock inThisJvm;

    private FileMutex(FileChannel channel, ReentrantLock inThisJvm) {
        this.channel = channel;
        this.inThisJvm = inThisJvm;
    }

    /// Waits until nobody else is inside. To be closed by the thread that entered; not to be entered twice.
    ///
    /// @param file is created if it is not there; its folder must be
    /// @throws ClosedByInterruptException if the thread is interrupted, which it remains
    public static FileMutex enter(Path file) throws IOException {
        var inThisJvm = IN_THIS_JVM.computeIfAbsent(Place.of(file), _ -> new ReentrantLock());
        lock(inThisJvm);
        try {
            return new FileMutex(openLocked(file), inThisJvm);
        } catch (IOException | RuntimeException e) {
            inThisJvm.unlock();
            throw e;
        }
    }

    private static void lock(ReentrantLock inThisJvm) throws ClosedByInterruptException {
        try {
            inThisJvm.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
    }

    private static FileChannel openLocked(Path file) throws IOException {
        var channel = FileChannel.open(file, Set.of(CREATE, READ, WRITE), OwnerOnly.file(file));
        try {
            channel.lock();
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close(); // which also gives up the OS lock
        } finally {
            inThisJvm.unlock();
        }
    }

    /// A file, however its folder is spelled or mounted.
    private record Place(Object folder, String name) {

        static Place of(Path file) throws IOException {
            var folder = file.toAbsolutePath().getParent();
            var key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
            return new Place(Objects.requireNonNullElse(key, folder.toRealPath()), file.getFileName().toString());
        }
    }
}
