package io.xenolith.bench;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.IngestedDisk;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.repository.Repository;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.RepositoryKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A disk from memory into a repository: all of it new, or all of it known. An operation is one MiB of disk.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PipelineBench {

    private static final int DISK_MIB = 64;

    @Param({"1", "2"})
    private int workers;

    private final byte[] disk = DiskData.generate(DISK_MIB << 20, 3);
    private Path root;

    @Setup(Level.Trial)
    public void makeFolder() throws IOException {
        root = Files.createTempDirectory("xenolith-bench");
    }

    @TearDown(Level.Trial)
    public void removeFolder() throws IOException {
        try (var files = Files.walk(root)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// A first full, with the opening of a new repository.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public IngestedDisk first() throws Exception {
        try (var repository = create(Files.createTempDirectory(root, "first")); var session = repository.beginBackup()) {
            var ingested = new DiskIngest(session, workers, Progress.NONE).whole(new MemoryDisk(disk));
            session.flush();
            return ingested;
        }
    }

    /// A first full and the same disk once more.
    @Benchmark
    @OperationsPerInvocation(2 * DISK_MIB)
    public IngestedDisk again() throws Exception {
        try (var repository = create(Files.createTempDirectory(root, "again")); var session = repository.beginBackup()) {
            new DiskIngest(session, workers, Progress.NONE).whole(new MemoryDisk(disk));
            var ingested = new DiskIngest(session, workers, Progress.NONE).whole(new MemoryDisk(disk));
            session.flush();
            return ingested;
        }
    }

    private static Repository create(Path folder) throws IOException {
        var place = RepositoryPlace.newDirectory(folder);
        var wanted = new Configuration("00112233445566778899aabbccddeeff", Instant.EPOCH, "bench", Chunking.DEFAULT,
                Compression.DEFAULT, false, Optional.empty());
        var keys = RepositoryKeys.create(place.storage(), wanted, Optional.empty(), Instant.EPOCH, new SecureRandom());
        return new Repository(place, keys, new SecureRandom(), _ -> { });
    }

    private record MemoryDisk(byte[] bytes) implements DiskSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            target.put(bytes, (int) offset, target.remaining());
        }

        @Override
        public void close() {
        }
    }
}
