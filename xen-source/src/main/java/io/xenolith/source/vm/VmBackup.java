package io.xenolith.source.vm;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.IngestedDisk;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.engine.store.ChunkStore;
import io.xenolith.source.nbd.NbdDisk;
import io.xenolith.source.xapi.DiskFormat;
import io.xenolith.source.xapi.Exports;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Pool;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xva.XvaReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// A backup of one machine, from the snapshot to its removal:
///
/// ```java
/// try (var backup = VmBackup.begin(...)) {        // checks, sweeps, tracks changes, takes the snapshot
///     var disks = backup.ingest(store, ...);      // reads it
///     commit(disks, backup.files());              // the caller makes the restore point durable
///     backup.committed();                         // keeps what the next increment counts from
/// }                                               // whatever happened, nothing else of it is left in the pool
/// ```
/// For use by one thread at a time.
public final class VmBackup implements Closeable {

    private static final int DISKS_AT_A_TIME = 4;
    private static final int READ_AHEAD_BYTES = 4 << 20; // for each thread that reads a disk

    private final Context context;
    private final VmSnapshot snapshot;
    private final Optional<Previous> previous;
    private final List<SnapshotDisk> disks;
    private final List<String> notes;
    private final Level level;

    /// What a backup works with.
    ///
    /// @param owner   tells the bases of this repository from those of others; the same at each backup
    /// @param door    opens disks over NBD
    /// @param scratch where blocks of a stream go that are out of order
    public record Context(Xapi xapi, String owner, NbdDoor door, Path scratch, BackupRequest request) {
    }

    private VmBackup(Context context, VmSnapshot snapshot, Optional<Previous> previous, List<SnapshotDisk> disks,
            List<String> notes) {
        this.context = context;
        this.snapshot = snapshot;
        this.previous = previous;
        this.disks = disks;
        this.notes = notes;
        this.level = level(context.request(), previous, disks, notes);
    }

    /// Checks that the machine can be backed up, removes what crashed backups of it left, and takes the snapshot.
    ///
    /// @param history what earlier backups left to count from
    /// @throws VmNotReadyException if something is in the way; nothing was done
    /// @throws IOException if the pool or a required command fails; nothing is left behind
    public static VmBackup begin(Context context, Vm vm, History history) throws IOException, InterruptedException {
        var notes = new ArrayList<String>();
        var previous = previous(context.request(), history, notes);
        var snapshot = VmSnapshot.take(context, vm, notes);
        try {
            boolean nbd = snapshot.servedByNbd();
            var finder = new WayFinder(context.xapi(), context.request().method(), nbd, previous);
            var disks = new ArrayList<SnapshotDisk>();
            for (var disk : snapshot.disks().wanted()) {
                disks.add(finder.ways(disk, snapshot.of(disk)));
            }
            return new VmBackup(context, snapshot, previous, disks, notes);
        } catch (Throwable e) {
            snapshot.close();
            throw e;
        }
    }

    private static Optional<Previous> previous(BackupRequest request, History history, List<String> notes) {
        var level = request.level().orElse(Level.INC);
        var found = switch (level) {
            case INC -> history.last();
            case DIFF -> history.lastFull();
            case FULL, COPY -> Optional.<Previous>empty();
        };
        if (found.isEmpty() && level == Level.DIFF) {
            notes.add("All was read: no full backup of the machine left anything in the pool to count from.");
        } else if (found.isEmpty() && level == Level.INC) {
            notes.add("All was read: no backup of the machine left anything in the pool to count from.");
        }
        return found;
    }

    /// What is read decides: an increment for which every disk is read as a whole is a full.
    private static Level level(BackupRequest request, Optional<Previous> previous, List<SnapshotDisk> disks, List<String> notes) {
        var asked = request.level().orElse(Level.INC);
        boolean increment = asked == Level.INC || asked == Level.DIFF;
        if (increment && previous.isPresent() && disks.stream().allMatch(disk -> disk.reason().isPresent())) {
            notes.add("All was read: " + disks.getFirst().reason().get() + ".");
        }
        return increment && (previous.isEmpty() || disks.stream().allMatch(disk -> disk.reason().isPresent())) ? Level.FULL
                : asked;
    }

    /// Reads the disks of the snapshot, several side by side.
    ///
    /// @param workers threads for each disk
    /// @param random  draws the samples of increments
    /// @throws IOException if a disk cannot be read in any way, or the store fails
    public List<PointDisk> ingest(ChunkStore store, int workers, Progress progress, RandomGenerator random)
            throws IOException, InterruptedException {
        var ingest = new DiskIngest(store, workers, progress);
        if (context.request().method() == BackupMethod.XVA && level != Level.INC && level != Level.DIFF) {
            return ingestArchive(ingest);
        }
        var tasks = new ArrayList<Callable<PointDisk>>();
        for (var disk : disks) {
            tasks.add(() -> ingest(disk, ingest, random));
        }
        return Crew.all("vm-disk", Math.clamp(disks.size(), 1, DISKS_AT_A_TIME), tasks);
    }

    private List<PointDisk> ingestArchive(DiskIngest ingest) throws IOException, InterruptedException {
        var bySnapshot = disks.stream().collect(Collectors.toMap(disk -> disk.snapshot().uuid(), disk -> disk));
        var found = new HashMap<String, PointDisk>();
        try (var download = context.xapi().exports().vm(snapshot.ref(), Exports.Compression.NONE);
                var xva = XvaReader.open(download, "the export of " + snapshot.vm().name())) {
            for (var disk = xva.next(); disk.isPresent(); disk = xva.next()) {
                var known = bySnapshot.get(disk.get().ovaDisk().uuid());
                if (known != null) {
                    found.put(known.disk().name(), point(known, ingest.stream(disk.get())));
                }
            }
            download.finish();
        }
        var missing = disks.stream().filter(disk -> !found.containsKey(disk.disk().name())).findAny();
        if (missing.isPresent()) {
            throw new IOException("the export of '%s' came without the disk %s".formatted(snapshot.vm().name(),
                    missing.get().disk().name()));
        }
        return disks.stream().map(disk -> found.get(disk.disk().name())).toList();
    }

    /// Goes from way to way until one leads to the end.
    private PointDisk ingest(SnapshotDisk disk, DiskIngest ingest, RandomGenerator random)
            throws IOException, InterruptedException {
        var failures = new ArrayList<String>();
        for (int i = 0; i < disk.ways().size(); i++) {
            var way = disk.ways().get(i);
            try {
                var ingested = ingest(disk, way, ingest, random);
                return explained(point(disk, ingested), way, disk, failures);
            } catch (SourceFailedException e) {
                if (i == disk.ways().size() - 1) {
                    throw e;
                }
                failures.add("%s failed: %s".formatted(way.words(), e.getMessage()));
            }
        }
        throw new IllegalStateException("a disk without a way to read it");
    }

    private static PointDisk explained(PointDisk point, Way way, SnapshotDisk disk, List<String> failures) {
        if (!failures.isEmpty()) {
            return point.readWhole("by %s, since %s".formatted(way.words(), String.join("; ", failures)));
        }
        return way.whole() && disk.reason().isPresent() ? point.readWhole(disk.reason().get()) : point;
    }

    private static PointDisk point(SnapshotDisk disk, IngestedDisk ingested) {
        return ingested.named(disk.disk().name()).known(Optional.of(disk.disk().vdi().name()).filter(name -> !name.isBlank()),
                Optional.of(disk.disk().vdi().uuid()));
    }

    private IngestedDisk ingest(SnapshotDisk disk, Way way, DiskIngest ingest, RandomGenerator random)
            throws IOException, InterruptedException {
        return switch (way) {
            case Way.ChangedOverNbd(var base, var changed) -> overNbd(disk, changed,
                    source -> ingest.changed(source, new ChangesSince(base, changed), random));
            case Way.WholeOverNbd _ ->
                    overNbd(disk, Extents.between(0, disk.snapshot().virtualSize()), ingest::whole);
            case Way.VhdSince(var base, var baseDisk) -> since(disk, base, baseDisk, ingest);
            case Way.WholeVhd _ -> whole(disk, DiskFormat.VHD, ingest);
            case Way.WholeRaw _ -> whole(disk, DiskFormat.RAW, ingest);
        };
    }

    private interface FromSource {
        IngestedDisk ingest(Guarded.Source source) throws IOException, InterruptedException;
    }

    private IngestedDisk overNbd(SnapshotDisk disk, Extents wanted, FromSource ingest) throws IOException, InterruptedException {
        NbdDisk opened;
        try {
            var client = context.door().open(context.xapi(), disk.snapshot().ref());
            opened = NbdDisk.expecting(wanted, client, READ_AHEAD_BYTES);
        } catch (IOException e) {
            throw new SourceFailedException(e);
        }
        try (opened) {
            if (opened.size() != disk.snapshot().virtualSize()) {
                throw new SourceFailedException(new IOException("the host serves %d bytes of a disk of %d"
                        .formatted(opened.size(), disk.snapshot().virtualSize())));
            }
            return ingest.ingest(new Guarded.Source(opened));
        }
    }

    private IngestedDisk since(SnapshotDisk disk, ChunkId base, Ref<Vdi> baseDisk,
            DiskIngest ingest) throws IOException, InterruptedException {
        Guarded.Delta delta;
        try {
            var download = context.xapi().exports().rawVdiSince(baseDisk, disk.snapshot().ref());
            delta = new Guarded.Delta(ExportedDisk.delta("the export of changes of " + disk.disk().name(), download,
                    disk.snapshot().virtualSize(), context.scratch()));
        } catch (IOException e) {
            throw new SourceFailedException(e);
        }
        try (delta) {
            return ingest.delta(delta, base);
        }
    }

    private IngestedDisk whole(SnapshotDisk disk, DiskFormat format, DiskIngest ingest) throws IOException, InterruptedException {
        Guarded.Stream stream;
        try {
            var download = context.xapi().exports().rawVdi(disk.snapshot().ref(), format);
            long size = disk.snapshot().virtualSize();
            stream = new Guarded.Stream(format == DiskFormat.RAW ? ExportedDisk.raw(download, size)
                    : ExportedDisk.vhd("the export of " + disk.disk().name(), download, size, context.scratch()));
        } catch (IOException e) {
            throw new SourceFailedException(e);
        }
        try (stream) {
            return ingest.stream(stream);
        }
    }

    /// The machine, as restore points know it.
    public Machine machine() {
        return new Machine(snapshot.vm().name(), Optional.of(snapshot.vm().uuid()), Optional.of(snapshot.poolName()));
    }

    /// What is read, which may be more than was asked for.
    public Level level() {
        return level;
    }

    /// The restore point that is counted from, if any disk is.
    public Optional<String> base() {
        return level == Level.INC || level == Level.DIFF ? previous.map(found -> found.point().id()) : Optional.empty();
    }

    public Consistency consistency() {
        return snapshot.consistency();
    }

    public List<SkippedDisk> skipped() {
        return snapshot.disks().skipped();
    }

    /// What was done otherwise than asked, and why.
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /// What is to be kept beside the disks, by name. Ask before [#notes()].
    public Map<String, byte[]> files() throws IOException, InterruptedException {
        var files = new LinkedHashMap<String, byte[]>(snapshot.description(notes));
        if (keepsBase()) {
            files.put(KeptBase.FILE, base(snapshot.pool()).encode());
        }
        return files;
    }

    /// A copy or a template leaves nothing; a differential leaves the base of the full in place, and nothing of its own.
    private boolean keepsBase() {
        return snapshot.isKeepable() && (level == Level.FULL || level == Level.INC);
    }

    private KeptBase base(Pool pool) {
        boolean whole = !keepsMetadataOnly();
        var kept = disks.stream().map(disk -> new KeptBase.Disk(disk.disk().name(), disk.disk().vdi().uuid(),
                disk.snapshot().uuid(), whole, disk.tracked())).toList();
        return new KeptBase(pool.uuid(), snapshot.vm().uuid(), whole ? Optional.of(snapshot.uuid()) : Optional.empty(), kept);
    }

    private boolean keepsMetadataOnly() {
        return context.request().base() == BaseKind.CBT_METADATA && disks.stream().allMatch(SnapshotDisk::tracked);
    }

    /// To be called once the restore point is durable: keeps what the next increment counts from, and removes what earlier
    /// ones did.
    ///
    /// @throws IOException if the pool fails; the restore point is good, but something may be left in the pool
    public void committed() throws IOException, InterruptedException {
        if (keepsBase()) {
            snapshot.keep(keepsMetadataOnly());
        }
        snapshot.close();
    }

    /// Removes the snapshot, unless it is kept as a base.
    @Override
    public void close() throws IOException {
        snapshot.close();
    }
}
