package io.xenolith.cli.backup;

import io.xenolith.cli.Closer;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.PointText;
import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.backup.DisksIngest;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.source.history.PastBackup;
import io.xenolith.source.history.PastBackup.Content;
import io.xenolith.source.history.PastBackup.PastDisk;
import io.xenolith.source.history.PastImage;
import io.xenolith.source.vhd.DifferencingVhd;
import io.xenolith.source.vhd.DynamicVhd;
import io.xenolith.source.vhd.FixedVhd;
import io.xenolith.source.vhd.VhdImage;
import io.xenolith.source.xva.XvaReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes restore points of old backups, one after the other. Of a chain, each image is read once: what lies over it counts
/// from the point that it became, or, where no backup is left of it, from what it held.
public final class HistoryImport {

    /// The tag of what was imported.
    public static final String TAG = "imported";

    /// What Xen Orchestra says of a machine is kept under this name.
    public static final String XO_JSON = "xo.json";

    private final OpenRepository open;
    private final Backup backup;
    private final Map<String, List<RestorePoint>> imported = new HashMap<>();
    private final Map<Path, Taken> taken = new HashMap<>();

    /// What an image became.
    ///
    /// @param root  of its disk
    /// @param point the one that it belongs to, if it belongs to any
    private record Taken(ChunkId root, Optional<String> point) {
    }

    public HistoryImport(Invocation run, OpenRepository open) {
        this.open = open;
        this.backup = new Backup(run, open);
    }

    /// The point that a backup became in an earlier run. Later images count from it.
    public Optional<RestorePoint> existing(PastBackup past) throws IOException, InterruptedException {
        var point = ofMachine(past.machine()).stream().filter(candidate -> isSame(candidate, past)).findFirst();
        point.ifPresent(found -> remember(past, found));
        return point;
    }

    private List<RestorePoint> ofMachine(String name) throws IOException, InterruptedException {
        if (!imported.containsKey(name)) {
            imported.put(name, open.repository().catalog().ofVm(name).points().stream()
                    .filter(point -> point.tags().contains(TAG)).toList());
        }
        return imported.get(name);
    }

    private static boolean isSame(RestorePoint point, PastBackup past) {
        var uuid = point.machine().uuid();
        return point.time().equals(past.time()) && (uuid.isEmpty() || past.uuid().isEmpty() || uuid.equals(past.uuid()));
    }

    private void remember(PastBackup past, RestorePoint point) {
        if (past.content() instanceof Content.Images images) {
            for (var disk : images.disks()) {
                point.disks().stream().filter(candidate -> isSame(candidate, disk)).findFirst().ifPresent(same ->
                        taken.put(disk.image().file(), new Taken(same.root(), Optional.of(point.id()))));
            }
        }
    }

    private static boolean isSame(PointDisk disk, PastDisk past) {
        return past.uuid().isPresent() ? disk.uuid().equals(past.uuid()) : disk.name().equals(past.name());
    }

    /// Makes a restore point.
    ///
    /// @throws ImportedFile.UnreadableException if a file cannot be read; so do exceptions of formats, and of the repository
    public RestorePoint take(PastBackup past) throws IOException, InterruptedException {
        var point = switch (past.content()) {
            case Content.Archive archive -> archive(past, archive);
            case Content.Images images -> images(past, images);
        };
        remember(past, point);
        return point;
    }

    private RestorePoint archive(PastBackup past, Content.Archive archive) throws IOException, InterruptedException {
        var file = new ImportedFile(archive.xva());
        try (var xva = XvaReader.open(file.stream(), archive.xva().toString())) {
            var wishes = new XvaArchive.Wishes(Optional.of(past.machine()), Optional.of(past.time()), Level.FULL, List.of(TAG),
                    List.of());
            var reading = new XvaArchive(xva, wishes);
            return run(past, (session, progress) -> {
                var found = reading.ingest(session, progress).getFirst();
                var plan = plan(past, Optional.empty(), found.plan().skipped(), found.plan().notes());
                var files = new ArrayList<>(found.files());
                files.addAll(Backup.keep(files(past), session));
                return List.of(new Backup.Ingested(plan, found.disks(), files));
            });
        }
    }

    private RestorePoint images(PastBackup past, Content.Images images) throws IOException, InterruptedException {
        var bases = new ArrayList<Optional<Taken>>();
        for (var disk : images.disks()) {
            bases.add(disk.image().parent().isPresent() ? Optional.of(taken(disk.image().parent().get())) : Optional.empty());
        }
        try (var files = new Closer()) {
            var inputs = new ArrayList<DiskInput>();
            for (int i = 0; i < images.disks().size(); i++) {
                var disk = images.disks().get(i);
                inputs.add(input(disk.name(), files.add(image(disk.image())), bases.get(i)));
            }
            var base = bases.stream().flatMap(Optional::stream).flatMap(before -> before.point().stream()).findFirst();
            return run(past, (session, progress) -> {
                var disks = new DisksIngest(session, Backup.WORKERS, progress, open.random()).ingest(inputs);
                return List.of(new Backup.Ingested(plan(past, base, List.of(), List.of()), known(disks, images),
                        Backup.keep(files(past), session)));
            });
        }
    }

    private RestorePoint run(PastBackup past, Backup.Ingest ingest) throws IOException, InterruptedException {
        return backup.run("import %s of %s".formatted(past.machine(), PointText.time(past.time())), ingest).getFirst();
    }

    private static BackupPlan plan(PastBackup past, Optional<String> base, List<SkippedDisk> skipped, List<String> notes) {
        var all = new ArrayList<>(notes);
        all.add("Imported from %s (%s).".formatted(past.file(), past.origin().words()));
        return new BackupPlan(new Machine(past.machine(), past.uuid(), Optional.empty()), Optional.of(past.time()), level(past),
                Consistency.CRASH, base, List.of(TAG), skipped, all);
    }

    public static Level level(PastBackup past) {
        return past.isIncrement() ? Level.INC : Level.FULL;
    }

    private static Map<String, byte[]> files(PastBackup past) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        if (past.description().isPresent()) {
            var description = past.description().get();
            files.put(XO_JSON, new ImportedFile(description.file()).guard(description::read));
        }
        return files;
    }

    private static List<PointDisk> known(List<PointDisk> disks, Content.Images images) {
        var known = new ArrayList<PointDisk>();
        for (int i = 0; i < disks.size(); i++) {
            known.add(disks.get(i).known(images.disks().get(i).label(), images.disks().get(i).uuid()));
        }
        return known;
    }

    /// What an image holds, read now if it was not before: a backup may be gone while others still lie over its image.
    private Taken taken(PastImage image) throws IOException, InterruptedException {
        var missing = new ArrayDeque<PastImage>();
        var below = Optional.of(image);
        while (below.isPresent() && !taken.containsKey(below.get().file())) {
            missing.push(below.get());
            below = below.get().parent();
        }
        for (var next : missing) {
            var base = next.parent().map(parent -> taken.get(parent.file()));
            taken.put(next.file(), new Taken(ingest(next, base), Optional.empty()));
        }
        return taken.get(image.file());
    }

    /// In a session of its own: what lies over it reads what it left.
    private ChunkId ingest(PastImage image, Optional<Taken> base) throws IOException, InterruptedException {
        try (var session = open.repository().beginBackup(); var file = image(image)) {
            var input = input("", file, base);
            var ingest = new DisksIngest(session, Backup.WORKERS, Progress.NONE, open.random());
            var root = ingest.ingest(List.of(input)).getFirst().root();
            session.flush();
            return root;
        }
    }

    private static VhdImage image(PastImage past) throws IOException {
        var image = VhdImage.open(new ImportedFile(past.file()).open(), past.file().toString());
        if (image.identity().equals(past.identity()) && image instanceof DifferencingVhd == past.parent().isPresent()) {
            return image;
        }
        image.close();
        throw new ChangedMeanwhileException(past.file());
    }

    private static DiskInput input(String name, VhdImage image, Optional<Taken> base) {
        return switch (image) {
            case FixedVhd fixed -> new DiskInput.Whole(name, fixed);
            case DynamicVhd dynamic -> new DiskInput.Whole(name, dynamic);
            case DifferencingVhd delta -> new DiskInput.Delta(name, delta, base.orElseThrow().root());
        };
    }

    /// Somebody works on the share.
    public static final class ChangedMeanwhileException extends IOException {
        private ChangedMeanwhileException(Path file) {
            super("%s was changed since the tree was searched; let no job run on the share, and begin again".formatted(file));
        }
    }
}
