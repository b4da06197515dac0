package io.xenolith.repository.index;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the opening of an index database apart from its updates, among threads and processes. Held for moments.
///
/// One thread of this process at a time holds the system's lock on the file, since the system lends it to processes.
final class IndexLock implements Closeable {

    private static final Map<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

    private final ReentrantLock inThisProcess;
    private final FileChannel channel;

    private IndexLock(ReentrantLock inThisProcess, FileChannel channel) {
        this.inThisProcess = inThisProcess;
        this.channel = channel;
    }

    /// Waits for the lock on the database in `folder`, whose parent folder exists. Interrupts are served by an exception.
    ///
    /// @throws IOException if the lock file cannot be written
    static IndexLock acquire(Path folder) throws IOException {
        var file = folder.resolveSibling(folder.getFileName() + ".lock").toAbsolutePath().normalize();
        var inThisProcess = IN_THIS_PROCESS.computeIfAbsent(file, _ -> new ReentrantLock());
        inThisProcess.lock();
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, READ, WRITE, CREATE);
            channel.lock();
            return new IndexLock(inThisProcess, channel);
        } catch (IOException | RuntimeException e) {
            inThisProcess.unlock();
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            inThisProcess.unlock();
        }
    }
}
