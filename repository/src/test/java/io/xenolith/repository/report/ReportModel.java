package io.xenolith.repository.report;

import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.Location;
import io.xenolith.repository.mark.PointWalk;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;

/// A report, worked out point by point from sets of everything that each needs.
public final class ReportModel {

    private final Repository repository;
    private final List<RestorePoint> points;
    private final Map<String, Needs> needs = new HashMap<>();

    /// What a point needs.
    private static final class Needs {
        final Set<Location> nodes = new HashSet<>();
        final Set<Location> chunks = new HashSet<>();
        long logicalBytes;
    }

    public ReportModel(Repository repository, Collection<RestorePoint> points) throws IOException {
        this.repository = repository;
        this.points = points.stream().sorted(Comparator.comparing(RestorePoint::time)).toList();
        for (var point : this.points) {
            needs.put(point.id(), needs(point));
        }
    }

    private Needs needs(RestorePoint point) throws IOException {
        var found = new Needs();
        new PointWalk(repository.index(), repository.chunks()).walk(point, new PointWalk.Visitor() {
            @Override
            public boolean node(Location place) {
                found.nodes.add(place);
                return true;
            }

            @Override
            public void chunk(MapChunk chunk, Location place) {
                found.chunks.add(place);
                found.logicalBytes += chunk.length();
            }
        });
        return found;
    }

    public void assertEquals(Report report) throws IOException {
        Assertions.assertEquals(points.size(), report.points());
        Assertions.assertEquals(points.stream().mapToLong(point -> needs.get(point.id()).logicalBytes).sum(),
                report.logicalBytes());
        Assertions.assertEquals(bytes(chunks(points)), report.uniqueBytes());
        for (var vm : report.vms()) {
            var own = points.stream().filter(point -> point.vm().equals(vm.vm())).toList();
            Assertions.assertEquals(own.size(), vm.points());
            Assertions.assertEquals(bytes(chunks(own)), vm.uniqueBytes(), vm.vm());
            Assertions.assertEquals(freed(own), vm.freedBytes(), 2, vm.vm());
            for (var point : vm.restorePoints()) {
                assertPoint(point);
            }
        }
        var last = points.isEmpty() ? 0 : report.growth().getLast().uniqueBytes();
        Assertions.assertEquals(report.uniqueBytes(), last);
    }

    private void assertPoint(Report.PointReport report) throws IOException {
        var point = points.stream().filter(each -> each.id().equals(report.id())).findFirst().orElseThrow();
        Assertions.assertEquals(needs.get(point.id()).logicalBytes, report.logicalBytes());
        var earlier = points.subList(0, points.indexOf(point));
        var news = new HashSet<>(needs.get(point.id()).chunks);
        news.removeAll(chunks(earlier));
        Assertions.assertEquals(bytes(news), report.newBytes(), "new with " + point);
        Assertions.assertEquals(freed(List.of(point)), report.freedBytes(), 2, "freed without " + point);
    }

    private Set<Location> chunks(Collection<RestorePoint> of) {
        return of.stream().flatMap(point -> needs.get(point.id()).chunks.stream()).collect(Collectors.toSet());
    }

    private Set<Location> all(Collection<RestorePoint> of) {
        var all = of.stream().flatMap(point -> needs.get(point.id()).nodes.stream()).collect(Collectors.toSet());
        all.addAll(chunks(of));
        return all;
    }

    private long bytes(Collection<Location> places) throws IOException {
        long bytes = 0;
        for (var place : places) {
            bytes += repository.index().table(place.pack()).chunkLength(place.ordinal());
        }
        return bytes;
    }

    /// What goes with `gone`, as its share of the packs.
    private double freed(Collection<RestorePoint> gone) throws IOException {
        var alone = all(gone);
        alone.removeAll(all(points.stream().filter(point -> !gone.contains(point)).toList()));
        var shares = repository.index().packs().stream()
                .collect(Collectors.toMap(pack -> pack.number(), pack -> (double) pack.length() / pack.rawBytes()));
        double bytes = 0;
        for (var place : alone) {
            bytes += shares.get(place.pack()) * repository.index().table(place.pack()).chunkLength(place.ordinal());
        }
        return bytes;
    }
}
