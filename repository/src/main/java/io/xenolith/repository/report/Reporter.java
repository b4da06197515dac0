package io.xenolith.repository.report;

import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes reports. Needs the map packs only.
public final class Reporter {

    private static final List<String> FOLDERS = List.of("packs/", "segments/", "points/", "summaries/", "pins/",
            "keys/", "verified/", "damage/");

    private final Repository repository;

    public Reporter(Repository repository) {
        this.repository = repository;
    }

    /// Reports on the whole repository.
    ///
    /// @param points all restore points
    /// @throws IOException if a block map cannot be read
    public Report report(Collection<RestorePoint> points) throws IOException {
        var byTime = points.stream().sorted(Comparator.comparing(RestorePoint::time)).toList();
        try (var accounting = new Accounting(repository.index(), repository.chunks())) {
            accounting.add(byTime);
            return report(byTime, accounting);
        }
    }

    private Report report(List<RestorePoint> byTime, Accounting accounting) throws IOException {
        var vms = vms(byTime, accounting);
        long unique = 0;
        for (int i = 1; i <= byTime.size(); i++) {
            unique += accounting.point(i).newBytes;
        }
        return new Report(byTime.size(), byTime.stream().mapToLong(RestorePoint::size).sum(),
                vms.stream().mapToLong(Report.VmReport::logicalBytes).sum(), unique, storedBytes(),
                packBytes(PackKind.DATA), packBytes(PackKind.MAP), accounting.unneededBytes(), vms,
                growth(byTime, accounting));
    }

    private long storedBytes() throws IOException {
        long bytes = 0;
        for (var folder : FOLDERS) {
            bytes += repository.storage().list(folder).stream().mapToLong(StoredObject::size).sum();
        }
        return bytes;
    }

    private long packBytes(PackKind kind) throws IOException {
        return repository.index().packs().stream().filter(pack -> pack.id().kind() == kind)
                .mapToLong(PackEntry::length).sum();
    }

    private static List<Report.VmReport> vms(List<RestorePoint> byTime, Accounting accounting) {
        Map<String, List<Report.PointReport>> byVm = new TreeMap<>();
        Map<String, Long> virtual = new TreeMap<>();
        for (int i = 0; i < byTime.size(); i++) {
            var point = byTime.get(i);
            var sums = accounting.point(i + 1);
            byVm.computeIfAbsent(point.vm(), _ -> new ArrayList<>()).add(new Report.PointReport(point.id(), point.time(),
                    sums.logicalBytes, sums.newBytes, Math.round(sums.freedBytes)));
            virtual.merge(point.vm(), point.size(), Long::sum);
        }
        var vms = new ArrayList<Report.VmReport>();
        byVm.forEach((vm, points) -> {
            var sums = accounting.vm(vm);
            vms.add(new Report.VmReport(vm, points.size(), virtual.get(vm), sums.logicalBytes, sums.uniqueBytes,
                    Math.round(sums.freedBytes), points));
        });
        return vms;
    }

    private static List<Report.Growth> growth(List<RestorePoint> byTime, Accounting accounting) {
        var byDay = new TreeMap<LocalDate, Report.Growth>();
        long unique = 0;
        double packed = 0;
        for (int i = 0; i < byTime.size(); i++) {
            unique += accounting.point(i + 1).newBytes;
            packed += accounting.point(i + 1).newPacked;
            var day = LocalDate.ofInstant(byTime.get(i).time(), ZoneOffset.UTC);
            byDay.put(day, new Report.Growth(day, i + 1, unique, Math.round(packed)));
        }
        return List.copyOf(byDay.values());
    }
}
