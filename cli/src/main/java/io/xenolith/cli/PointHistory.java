package io.xenolith.cli;

import io.xenolith.engine.Progress;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.PointFile;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.raw.StreamTarget;
import io.xenolith.source.vm.History;
import io.xenolith.source.vm.KeptBase;
import io.xenolith.source.vm.Previous;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the repository knows of earlier backups of a machine of a pool.
record PointHistory(OpenRepository open) {

    private static final int MAX_FILE_BYTES = 64 << 20;

    /// @param vm   the machine's UUID
    /// @param pool the pool's UUID
    History of(String vm, String pool) throws IOException, InterruptedException {
        var newestFirst = open.repository().catalog().overview(open.random()).points().stream()
                .filter(point -> point.machine().uuid().equals(Optional.of(vm)) && point.file(KeptBase.FILE).isPresent())
                .sorted(Comparator.comparing(RestorePoint::time).reversed()).toList();
        var last = first(newestFirst, vm, pool);
        var lastFull = first(newestFirst.stream().filter(point -> point.level() == Level.FULL).toList(), vm, pool);
        return new History(last, lastFull);
    }

    private Optional<Previous> first(List<RestorePoint> points, String vm, String pool) throws IOException, InterruptedException {
        if (points.isEmpty()) {
            return Optional.empty();
        }
        var base = KeptBase.decode(read(points.getFirst().file(KeptBase.FILE).get()));
        return base.vm().equals(vm) && base.pool().equals(pool) ? Optional.of(new Previous(points.getFirst(), base))
                : Optional.empty();
    }

    /// The content of a file that is kept beside disks.
    byte[] read(PointFile file) throws IOException, InterruptedException {
        if (file.size() > MAX_FILE_BYTES) {
            throw new IOException("%s has %d bytes, more than it could".formatted(file.name(), file.size()));
        }
        var bytes = new ByteArrayOutputStream((int) file.size());
        try (var target = new StreamTarget(file.name(), bytes)) {
            open.restore(Progress.NONE).restore(file.root(), target);
            target.commit();
        }
        return bytes.toByteArray();
    }
}
