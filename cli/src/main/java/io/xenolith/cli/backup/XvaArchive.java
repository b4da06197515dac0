package io.xenolith.cli.backup;

import io.xenolith.cli.UsageException;
import io.xenolith.cli.restore.XvaRestore;
import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.PointFile;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.point.VmName;
import io.xenolith.repository.write.BackupSession;
import io.xenolith.source.xva.OvaDisk;
import io.xenolith.source.xva.OvaMachine;
import io.xenolith.source.xva.XvaReader;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The way of an XVA archive into the repository: disk after disk, as they come.
public final class XvaArchive {

    private final XvaReader xva;
    private final Wishes wishes;
    private final List<OvaMachine> machines;

    /// What the user wants.
    ///
    /// @param vm       what to call the machine
    /// @param time     when it was so
    /// @param excluded the names of disks to leave out
    public record Wishes(Optional<String> vm, Optional<Instant> time, Level level, List<String> tags, List<String> excluded) {
    }

    /// @throws UsageException if a wish does not go with what the archive holds
    public XvaArchive(XvaReader xva, Wishes wishes) {
        this.xva = xva;
        this.wishes = wishes;
        this.machines = backedUp(xva);
        requireSense();
    }

    /// An archive of metadata may describe thousands of machines; it is no backup of them.
    private static List<OvaMachine> backedUp(XvaReader xva) {
        var all = xva.ova().machines();
        if (all.size() == 1) {
            return all;
        }
        var withDisks = new HashSet<String>();
        if (!xva.metadataOnly()) {
            xva.ova().streamedDisks().forEach(disk -> disk.machine().ifPresent(withDisks::add));
        }
        return all.stream().filter(machine -> withDisks.contains(machine.ref())).toList();
    }

    private void requireSense() {
        if (machines.isEmpty()) {
            throw new UsageException("the archive describes %d machines and holds no disk of any, so there is nothing to back up"
                    .formatted(xva.ova().machines().size()));
        }
        if (machines.size() > 1 && wishes.vm().isPresent()) {
            throw new UsageException("--vm: the archive holds %d machines, which cannot all be called %s"
                    .formatted(machines.size(), wishes.vm().get()));
        }
        var names = xva.ova().streamedDisks().stream().map(OvaDisk::name).toList();
        wishes.excluded().stream().filter(name -> !names.contains(name)).findFirst().ifPresent(unknown -> {
            throw new UsageException("--exclude-disk %s: there is no such disk among %s"
                    .formatted(unknown, String.join(", ", names)));
        });
        machines.stream().map(this::name).distinct().forEach(XvaArchive::requireName);
        if (machines.stream().map(this::name).distinct().count() != machines.size()) {
            throw new UsageException("two machines of the archive have the same name; back them up from archives of their own");
        }
    }

    private static void requireName(String name) {
        try {
            VmName.require(name);
        } catch (IllegalArgumentException e) {
            throw new UsageException("the machine's name cannot be used, so give it another by --vm: " + e.getMessage());
        }
    }

    private String name(OvaMachine machine) {
        return wishes.vm().orElse(machine.name());
    }

    /// For people who watch.
    public String title() {
        return machines.size() == 1 ? name(machines.getFirst()) : "%d machines".formatted(machines.size());
    }

    /// Reads the archive to its end.
    public List<Backup.Ingested> ingest(BackupSession session, Progress progress) throws IOException, InterruptedException {
        var ingested = new ArrayList<Taken>();
        var ingest = new DiskIngest(session, Backup.WORKERS, progress);
        if (!xva.metadataOnly()) {
            for (var disk = xva.next(); disk.isPresent(); disk = xva.next()) {
                var described = disk.get().ovaDisk();
                if (!wishes.excluded().contains(described.name())) {
                    ingested.add(new Taken(described, ingest.stream(disk.get()).named(described.name())));
                }
            }
        }
        var files = Backup.keep(Map.of(XvaRestore.OVA_XML, xva.ovaXml()), session);
        return machines.stream().map(machine -> ofMachine(machine, ingested, files)).toList();
    }

    private record Taken(OvaDisk described, PointDisk disk) {
    }

    private Backup.Ingested ofMachine(OvaMachine machine, List<Taken> all, List<PointFile> files) {
        var disks = all.stream().filter(taken -> belongs(taken.described().machine(), machine))
                .sorted((a, b) -> a.described().name().compareTo(b.described().name()))
                .map(XvaArchive::known).toList();
        var plan = new BackupPlan(new Machine(name(machine), Optional.of(machine.uuid()), Optional.empty()), wishes.time(),
                wishes.level(), Consistency.CRASH, Optional.empty(), wishes.tags(), skipped(machine), notes());
        return new Backup.Ingested(plan, disks, files);
    }

    /// A disk that no machine claims goes with the only one that there is.
    private boolean belongs(Optional<String> ref, OvaMachine machine) {
        return ref.map(machine.ref()::equals).orElse(machines.size() == 1);
    }

    private static PointDisk known(Taken taken) {
        return taken.disk().known(Optional.of(taken.described().label()).filter(label -> !label.isEmpty()),
                Optional.of(taken.described().uuid()).filter(uuid -> !uuid.isEmpty()));
    }

    private List<SkippedDisk> skipped(OvaMachine machine) {
        var skipped = new ArrayList<SkippedDisk>();
        var names = new HashSet<String>();
        for (var drive : xva.ova().drives()) {
            if (drive.machine().equals(machine.ref())) {
                var name = "drive " + (drive.userdevice().isEmpty() ? drive.ref() : drive.userdevice());
                skipped.add(new SkippedDisk(unique(name, names), drive.medium().isEmpty() ? drive.reason()
                        : "%s, with %s in it".formatted(drive.reason(), drive.medium())));
            }
        }
        for (var disk : xva.ova().streamedDisks()) {
            if (belongs(disk.machine(), machine) && (xva.metadataOnly() || wishes.excluded().contains(disk.name()))) {
                skipped.add(new SkippedDisk(disk.name(), xva.metadataOnly() ? "the archive holds metadata only"
                        : "excluded by --exclude-disk"));
            }
        }
        return skipped;
    }

    private static String unique(String name, Set<String> names) {
        return names.add(name) ? name : unique(name + "'", names);
    }

    private List<String> notes() {
        return xva.inOrder() ? List.of()
                : List.of("The disks of the archive came in another order than a host expects; it may not import there.");
    }
}
