package io.xenolith.bench;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.IngestedDisk;
import io.xenolith.engine.backup.Reading;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.repository.Repository;
import io.xenolith.repository.write.BackupSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Random;
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

/// A disk of which one block of 64 KiB in a hundred changed since it was backed up, at random places. An operation is one
/// increment.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class IncrementBench {

    private static final int ONE_IN = 100;

    @Param("64")
    private int diskMib;

    @Param("1")
    private int workers;

    @Param({"false", "true"})
    private boolean encrypted;

    private final Random random = new Random(5);
    private byte[] before;
    private byte[] disk;
    private BareDisk bare;
    private Repositories repositories;
    private Repository repository;
    private BackupSession session;
    private ChunkId base;
    private Extents changed;
    private long bytesNew;
    private long bytesSampled;

    public IncrementBench() {
    }

    public IncrementBench(int diskMib, int workers, boolean encrypted) {
        this.diskMib = diskMib;
        this.workers = workers;
        this.encrypted = encrypted;
    }

    @Setup(Level.Trial)
    public void prepare() throws Exception {
        before = DiskData.generate(diskMib << 20, 3);
        disk = before.clone();
        bare = new BareDisk(disk, workers, encrypted);
        repositories = new Repositories(encrypted);
        repository = repositories.newOne();
        session = repository.beginBackup();
        base = new DiskIngest(session, workers, Progress.NONE).whole(new MemoryDisk(before)).root();
        session.flush();
        change();
        increment(); // so that the reference knows how much it is to do
    }

    /// Another hundredth of the disk becomes text that was nowhere before; the rest is as it was in the base. Opening the index
    /// for another backup takes as long whatever the disk, and is not measured.
    @Setup(Level.Invocation)
    public void change() throws IOException {
        session.close();
        session = repository.beginBackup();
        if (changed != null) {
            changed.forEach(extent -> System.arraycopy(before, (int) extent.offset(), disk, (int) extent.offset(),
                    (int) extent.length()));
        }
        int blocks = disk.length / Chunking.BLOCK_BYTES;
        var places = new ArrayList<Extent>();
        random.ints(Math.max(1, blocks / ONE_IN), 0, blocks)
                .forEach(block -> places.add(new Extent((long) block * Chunking.BLOCK_BYTES, Chunking.BLOCK_BYTES)));
        changed = Extents.of(places);
        changed.forEach(extent -> DiskData.text(random, disk, (int) extent.offset(), (int) extent.end()));
    }

    @Benchmark
    public IngestedDisk increment() throws Exception {
        var ingested = new DiskIngest(session, workers, Progress.NONE)
                .changed(new MemoryDisk(disk), new ChangesSince(base, changed), random);
        session.flush();
        bytesNew = ingested.bytesNew();
        bytesSampled = switch (ingested.reading()) {
            case Reading.Changed read -> read.sampledBytes();
            default -> throw new IllegalStateException("the whole disk was read: " + ingested.reading());
        };
        return ingested;
    }

    /// The reference: what the last increment could not do without, digests of its sample and of its new chunks, which are
    /// also compressed.
    @Benchmark
    public long parts() throws Exception {
        return bare.hash(bytesSampled) + bare.store(bytesNew);
    }

    @TearDown(Level.Trial)
    public void remove() throws Exception {
        session.close();
        repositories.remove(repository);
        repositories.close();
        bare.close();
    }
}
