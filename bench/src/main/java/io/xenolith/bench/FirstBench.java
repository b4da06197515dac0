package io.xenolith.bench;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.IngestedDisk;
import io.xenolith.repository.Repository;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A disk from memory into a new repository. An operation is one disk.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FirstBench {

    @Param("64")
    private int diskMib;

    @Param({"1", "2"})
    private int workers;

    @Param({"false", "true"})
    private boolean encrypted;

    private byte[] disk;
    private BareDisk bare;
    private Repositories repositories;
    private Repository empty;

    public FirstBench() {
    }

    public FirstBench(int diskMib, int workers, boolean encrypted) {
        this.diskMib = diskMib;
        this.workers = workers;
        this.encrypted = encrypted;
    }

    @Setup(Level.Trial)
    public void prepare() throws Exception {
        disk = DiskData.generate(diskMib << 20, 3);
        bare = new BareDisk(disk, workers, encrypted);
        repositories = new Repositories(encrypted);
        empty = repositories.newOne();
    }

    /// For each a repository of its own.
    @Setup(Level.Invocation)
    public void makeEmpty() throws Exception {
        repositories.remove(empty);
        empty = repositories.newOne();
    }

    @Benchmark
    public IngestedDisk first() throws Exception {
        try (var session = empty.beginBackup()) {
            var ingested = new DiskIngest(session, workers, Progress.NONE).whole(new MemoryDisk(disk));
            session.flush();
            return ingested;
        }
    }

    /// The reference: what it cannot do without.
    @Benchmark
    public long parts() throws Exception {
        return bare.store(bare.length());
    }

    @TearDown(Level.Trial)
    public void remove() throws Exception {
        repositories.remove(empty);
        repositories.close();
        bare.close();
    }
}
