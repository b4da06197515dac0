package io.xenolith.cli.files;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Closer;
import io.xenolith.cli.Invocation;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.nbd.server.Export;
import io.xenolith.nbd.server.ExportListing;
import io.xenolith.nbd.server.Exports;
import io.xenolith.nbd.server.NbdServer;
import io.xenolith.nbd.server.NbdServerOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A file with the content of a partition, for programs that read files only. Where the system lets users mount by FUSE and
/// nbdfuse is installed, it is a view: what is not read is not fetched. Elsewhere it is a sparse copy.
///
/// @param path     of the file, in a directory of this user alone
/// @param resource what makes it be there
record PartitionFile(Path path, Closeable resource) implements Closeable {

    private static final int COPY_BYTES = 1 << 20;
    private static final long STRETCH = 256L << 20;
    private static final int SECONDS = 10;

    /// Makes the file in `directory`, which is removed afterwards by the caller.
    static PartitionFile open(Invocation run, DiskSource partition, Path directory) throws IOException, InterruptedException {
        var nbdfuse = Tool.search("nbdfuse");
        if (nbdfuse.isPresent()) {
            var view = view(nbdfuse.get(), partition, directory);
            if (view.isPresent()) {
                return view.get();
            }
        }
        run.note("nbdfuse %s, so the partition of %s is copied to %s first".formatted(
                nbdfuse.isPresent() ? "cannot mount here" : "is not installed", ByteSize.format(partition.size()), directory));
        return new PartitionFile(copy(partition, directory.resolve("partition")), () -> { });
    }

    private static Optional<PartitionFile> view(Path nbdfuse, DiskSource partition, Path directory)
            throws IOException, InterruptedException {
        var socket = directory.resolve("socket");
        var file = Files.createDirectory(directory.resolve("mount")).resolve("partition");
        var mounted = directory.resolve("mounted");
        var closer = new Closer();
        closer.add(NbdServer.start(NbdServerOptions.unixSocket(socket), new Only(partition)));
        var process = new ProcessBuilder(nbdfuse.toString(), "-r", "-P", mounted.toString(), file.toString(), "--unix",
                socket.toString()).redirectErrorStream(true).redirectOutput(directory.resolve("nbdfuse").toFile()).start();
        closer.add(() -> unmount(process));
        try {
            while (process.isAlive() && Files.notExists(mounted)) {
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            closer.close();
            throw e;
        }
        if (process.isAlive()) {
            return Optional.of(new PartitionFile(file, closer));
        }
        closer.close();
        return Optional.empty();
    }

    /// On a signal to end it unmounts, and ends when nothing is open any more.
    private static void unmount(Process process) {
        process.destroy();
        try {
            process.waitFor(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path copy(DiskSource partition, Path file) throws IOException {
        var bytes = ByteBuffer.allocate(COPY_BYTES);
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), partition.size() - 1);
            for (long from = 0; from < partition.size(); from += STRETCH) {
                var stretch = Extent.between(from, Math.min(partition.size(), from + STRETCH));
                for (var data : partition.allocated(stretch)) {
                    copy(partition, data, bytes, channel);
                }
            }
        }
        return file;
    }

    private static void copy(DiskSource partition, Extent data, ByteBuffer bytes, FileChannel channel) throws IOException {
        for (long at = data.offset(); at < data.end(); at += bytes.limit()) {
            bytes.clear().limit((int) Math.min(bytes.capacity(), data.end() - at));
            partition.read(at, bytes);
            channel.write(bytes.flip(), at);
        }
    }

    /// A server's only disk.
    private record Only(DiskSource disk) implements Exports {
        @Override
        public List<ExportListing> list() {
            return List.of();
        }

        @Override
        public Optional<Export> open(String name) {
            return Optional.of(new Export() {
                @Override
                public long size() {
                    return disk.size();
                }

                @Override
                public void read(long offset, ByteBuffer target) throws IOException {
                    disk.read(offset, target);
                }

                @Override
                public void close() {
                }
            });
        }
    }

    @Override
    public void close() throws IOException {
        resource.close();
    }
}
