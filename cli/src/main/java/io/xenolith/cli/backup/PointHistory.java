package io.xenolith.cli.backup;

import io.xenolith.cli.OpenRepository;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.vm.History;
import io.xenolith.source.vm.KeptBase;
import io.xenolith.source.vm.Previous;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the repository knows of earlier backups of a machine of a pool.
public record PointHistory(OpenRepository open) {

    /// @param vm   the machine's UUID
    /// @param pool the pool's UUID
    public History of(String vm, String pool) throws IOException, InterruptedException {
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
        var base = KeptBase.decode(open.read(points.getFirst().file(KeptBase.FILE).get()));
        return base.vm().equals(vm) && base.pool().equals(pool) ? Optional.of(new Previous(points.getFirst(), base))
                : Optional.empty();
    }
}
