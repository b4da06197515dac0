package io.xenolith.bench;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.IngestedDisk;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.restore.DiskRestore;
import io.xenolith.engine.restore.RestoredDisk;
import io.xenolith.repository.Repository;
import io.xenolith.repository.read.StoredChunks;
import io.xenolith.repository.verify.DataSelection;
import io.xenolith.repository.verify.Verification;
import io.xenolith.repository.verify.Verifier;
import io.xenolith.repository.write.BackupSession;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A disk that a repository has: backed up once more, restored into memory, verified. An operation is one disk.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StoredBench {

    @Param("64")
    private int diskMib;

    @Param({"1", "2"})
    private int workers;

    @Param({"false", "true"})
    private boolean encrypted;

    private byte[] disk;
    private BareDisk bare;
    private MemoryFile target;
    private Repositories repositories;
    private Repository repository;
    private BackupSession session;
    private IngestedDisk stored;
    private RestorePoint point;

    public StoredBench() {
    }

    public StoredBench(int diskMib, int workers, boolean encrypted) {
        this.diskMib = diskMib;
        this.workers = workers;
        this.encrypted = encrypted;
    }

    @Setup
    public void prepare() throws Exception {
        disk = DiskData.generate(diskMib << 20, 3);
        bare = new BareDisk(disk, workers, encrypted);
        target = new MemoryFile(disk.length);
        repositories = new Repositories(encrypted);
        repository = repositories.newOne();
        session = repository.beginBackup();
        stored = again();
        session.close();
        session = repository.beginBackup(); // from now on the index knows all chunks
        point = new RestorePoint("0123456789abcdef", Machine.named("bench"), Instant.EPOCH, Level.FULL, Consistency.CRASH,
                List.of(stored.named("disk")), List.of(), List.of(), List.of(), List.of(), Optional.empty(), 1, "bench");
    }

    /// All of it is read, nothing is new. Without opening the index, which takes as long whatever the disk.
    @Benchmark
    public IngestedDisk again() throws Exception {
        var ingested = new DiskIngest(session, workers, Progress.NONE).whole(new MemoryDisk(disk));
        session.flush();
        return ingested;
    }

    /// The reference of [#again()].
    @Benchmark
    public long digests() throws Exception {
        return bare.hash(bare.length());
    }

    /// With nothing in memory of what was read before.
    @Benchmark
    public RestoredDisk restore() throws Exception {
        var chunks = new StoredChunks(repository.index(), repository.packs(), repository.identity());
        return new DiskRestore(chunks, chunks, repository.identity(), workers, Progress.NONE).restore(stored.root(), target);
    }

    /// The reference of [#restore()].
    @Benchmark
    public long restoreParts() throws Exception {
        return bare.restore();
    }

    @Benchmark
    public Verification verify() throws Exception {
        var verification = new Verifier(repository, workers, Progress.NONE)
                .verify(List.of(point), new DataSelection.All(), Instant.EPOCH);
        if (!verification.ok()) {
            throw new IllegalStateException("damaged: " + verification.damaged());
        }
        return verification;
    }

    /// The reference of [#verify()].
    @Benchmark
    public long verifyParts() throws Exception {
        return bare.verify();
    }

    /// What was restored last.
    byte[] restored() {
        return target.content(disk.length);
    }

    byte[] disk() {
        return disk;
    }

    @TearDown
    public void remove() throws Exception {
        session.close();
        repositories.remove(repository);
        repositories.close();
        bare.close();
    }
}
