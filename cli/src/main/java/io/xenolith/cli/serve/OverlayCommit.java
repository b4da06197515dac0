package io.xenolith.cli.serve;

import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.backup.Backup;
import io.xenolith.cli.backup.BackupPlan;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.backup.DisksIngest;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.overlay.OverlayDisk;
import io.xenolith.source.vm.KeptBase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a restore point of what clients wrote over another one.
///
/// @param open     locked for appending
/// @param base     the point that was served
/// @param overlays its disks, which nobody writes to any more
record OverlayCommit(Invocation run, OpenRepository open, RestorePoint base, Map<ServedDisk, OverlayDisk> overlays) {

    /// Commits, and shows the new point; unless nothing was written.
    void commit() throws IOException, InterruptedException {
        if (overlays.values().stream().allMatch(disk -> disk.changed().isEmpty())) {
            run.note("nothing was written, so there is no new restore point");
            return;
        }
        var inputs = new ArrayList<DiskInput>();
        for (var overlay : overlays.entrySet()) {
            overlay.getValue().flush();
            inputs.add(changes(overlay.getKey(), overlay.getValue()));
        }
        var plan = new BackupPlan(base.machine(), Optional.empty(), Level.INC, Consistency.CRASH,
                Optional.of(base.id()), List.of(), base.skipped(),
                List.of("made by 'xenolith serve --writable --commit' over the restore point " + base.id()));
        var backup = new Backup(run, open);
        backup.show(backup.run("commit " + base.vm(), (session, progress) -> {
            var ingest = new DisksIngest(session, Backup.WORKERS, progress, open.random());
            var disks = ingest.ingest(inputs).stream().map(this::known).toList();
            var files = base.files().stream().filter(file -> !file.name().equals(KeptBase.FILE)).toList();
            return List.of(new Backup.Ingested(plan, disks, files));
        }));
    }

    private static DiskInput changes(ServedDisk served, OverlayDisk overlay) {
        return new DiskInput.Changed(served.disk().name(), overlay,
                new ChangesSince(served.disk().root(), overlay.changed()));
    }

    private PointDisk known(PointDisk disk) {
        var before = base.disk(disk.name()).orElseThrow();
        return disk.known(before.label(), before.uuid());
    }
}
