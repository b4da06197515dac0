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
            "keys/", "verified/", "damage/", "settings/", "accounts/");

    /// Fewer chunks and nodes are counted in moments.
    private static final long CHUNKS_TO_KEEP = 10_000;

    private final Repository repository;
    private final long chunksToKeep;

    public Reporter(Repository repository) {
        this(repository, CHUNKS_TO_KEEP);
    }

    /// @param chunksToKeep in how many chunks and nodes on what was counted is kept for the next time
    Reporter(Repository repository, long chunksToKeep) {
        this.repository = repository;
        this.chunksToKeep = chunksToKeep;
    }

    /// Reports on the whole repository. Where nothing changed since the last time, that takes moments.
    ///
    /// @param points all restore points
    /// @throws IOException if a block map cannot be read
    public Report report(Collection<RestorePoint> points) throws IOException {
        var byTime = points.stream().sorted(Comparator.comparing(RestorePoint::time)).toList();
        return report(byTime, accounts(byTime));
    }

    private Accounts accounts(List<RestorePoint> byTime) throws IOException {
        if (repository.index().packs().stream().mapToLong(PackEntry::chunks).sum() < chunksToKeep) {
            return count(byTime);
        }
        var kept = repository.keptAccounts();
        var state = KeptAccounts.State.of(byTime, repository.index().packs(), repository.damage().damaged());
        var known = kept.read(state);
        if (known.isPresent()) {
            return known.get();
        }
        var counted = count(byTime);
        kept.replace(state, counted, repository.random());
        return counted;
    }

    private Accounts count(List<RestorePoint> byTime) throws IOException {
        try (var accounting = new Accounting(repository.index(), repository.chunks())) {
            accounting.add(byTime);
            return accounting.accounts();
        }
    }

    private Report report(List<RestorePoint> byTime, Accounts accounts) throws IOException {
        var vms = vms(byTime, accounts);
        long unneeded = Math.round(repository.index().packs().stream().mapToLong(PackEntry::length).sum()
                - accounts.neededPacked());
        return new Report(byTime.size(), byTime.stream().mapToLong(RestorePoint::size).sum(),
                vms.stream().mapToLong(Report.VmReport::logicalBytes).sum(),
                accounts.points().stream().mapToLong(Accounts.Sums::news).sum(), storedBytes(),
                packBytes(PackKind.DATA), packBytes(PackKind.MAP), unneeded, vms, growth(byTime, accounts));
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

    private static List<Report.VmReport> vms(List<RestorePoint> byTime, Accounts accounts) {
        Map<String, List<Report.PointReport>> byVm = new TreeMap<>();
        Map<String, Long> virtual = new TreeMap<>();
        for (int i = 0; i < byTime.size(); i++) {
            var point = byTime.get(i);
            var sums = accounts.points().get(i);
            byVm.computeIfAbsent(point.vm(), _ -> new ArrayList<>()).add(new Report.PointReport(point.id(), point.time(),
                    sums.logical(), sums.news(), Math.round(sums.freed())));
            virtual.merge(point.vm(), point.size(), Long::sum);
        }
        var vms = new ArrayList<Report.VmReport>();
        byVm.forEach((vm, points) -> {
            var sums = accounts.vms().get(vm);
            vms.add(new Report.VmReport(vm, points.size(), virtual.get(vm), sums.logical(), sums.unique(),
                    Math.round(sums.freed()), points));
        });
        return vms;
    }

    private static List<Report.Growth> growth(List<RestorePoint> byTime, Accounts accounts) {
        var byDay = new TreeMap<LocalDate, Report.Growth>();
        long unique = 0;
        double packed = 0;
        for (int i = 0; i < byTime.size(); i++) {
            unique += accounts.points().get(i).news();
            packed += accounts.points().get(i).packed();
            var day = LocalDate.ofInstant(byTime.get(i).time(), ZoneOffset.UTC);
            byDay.put(day, new Report.Growth(day, i + 1, unique, Math.round(packed)));
        }
        return List.copyOf(byDay.values());
    }
}
