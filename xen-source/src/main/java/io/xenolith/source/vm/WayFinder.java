package io.xenolith.source.vm;

import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.source.changed.ChangedBlocksException;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.records.Vdi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds out how a disk of a snapshot can be read. Asks what changed before anything attaches the disk: a host does not tell
/// afterwards.
///
/// @param nbd      whether disks are served by NBD
/// @param previous what an increment counts from
record WayFinder(Xapi xapi, BackupMethod method, boolean nbd, Optional<Previous> previous) {

    /// @param disk     of the machine
    /// @param snapshot of the disk
    SnapshotDisk ways(VmDisk disk, Vdi snapshot) throws IOException, InterruptedException {
        var ways = new ArrayList<Way>();
        var reason = previous.isEmpty() ? Optional.<String>empty() : addChanges(disk, snapshot, ways);
        if (nbd && (method == BackupMethod.CBT || method == BackupMethod.AUTO)) {
            ways.add(new Way.WholeOverNbd());
        }
        ways.add(new Way.WholeVhd());
        ways.add(new Way.WholeRaw());
        return new SnapshotDisk(disk, snapshot, snapshot.tracksChanges(), List.copyOf(ways), reason);
    }

    /// @return why there is no way to read changes only
    private Optional<String> addChanges(VmDisk disk, Vdi snapshot, List<Way> ways) throws IOException, InterruptedException {
        var old = previous.get().point().disk(disk.name());
        var kept = previous.get().base().disk(disk.name());
        if (old.isEmpty() || kept.isEmpty()) {
            return Optional.of("the restore point %s has no disk %s to count from"
                    .formatted(previous.get().point().id(), disk.name()));
        }
        if (!kept.get().vdi().equals(disk.vdi().uuid())) {
            return Optional.of("the disk was another one at the last backup");
        }
        if (old.get().size() > snapshot.virtualSize()) {
            return Optional.of("the disk was larger at the last backup");
        }
        var base = xapi.vdis().find(kept.get().snapshot());
        if (base.isEmpty()) {
            return Optional.of("the pool no longer has the snapshot that the last backup left");
        }
        return addChanges(old.get(), base.get(), snapshot, ways);
    }

    private Optional<String> addChanges(PointDisk old, Vdi base, Vdi snapshot, List<Way> ways)
            throws IOException, InterruptedException {
        var reasons = new ArrayList<String>();
        if (method == BackupMethod.CBT || method == BackupMethod.AUTO) {
            try {
                ways.addAll(changedOverNbd(old, base, snapshot));
                if (!nbd) {
                    reasons.add("no network of the pool serves disks by NBD");
                }
            } catch (XapiException | ChangedBlocksException e) {
                reasons.add(e.getMessage());
            }
        }
        if (!base.isTrackOnly()) {
            ways.add(new Way.VhdSince(old.root(), base.ref()));
        } else if (ways.isEmpty()) {
            reasons.add("of the last backup the pool kept only what changed-block tracking needs");
        }
        return ways.isEmpty() ? Optional.of(String.join("; ", reasons)) : Optional.empty();
    }

    private List<Way> changedOverNbd(PointDisk old, Vdi base, Vdi snapshot) throws IOException, InterruptedException {
        if (!nbd) {
            return List.of();
        }
        var changed = xapi.vdis().changedExtents(base.ref(), snapshot);
        var grown = Extents.between(old.size(), snapshot.virtualSize());
        return List.of(new Way.ChangedOverNbd(old.root(), changed.union(grown)));
    }
}
