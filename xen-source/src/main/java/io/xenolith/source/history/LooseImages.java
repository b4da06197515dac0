package io.xenolith.source.history;

import io.xenolith.source.history.History.Assumptions;
import io.xenolith.source.history.History.Findings;
import io.xenolith.source.history.PastBackup.Content;
import io.xenolith.source.history.PastBackup.Origin;
import io.xenolith.source.history.PastBackup.PastDisk;
import io.xenolith.source.image.DeviceName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// VHDs that nothing describes. Each is a backup of one disk at its time; chains of one machine are its disks, in the order
/// of the files that they begin with, and what they hold of one second is one backup.
///
/// A child is younger than its parent and two moments of one disk differ, whatever the files say, which may have been copied
/// in a hurry: where times contradict that, the later link counts as a second younger.
final class LooseImages {

    /// A footer that is younger than its file counts its seconds from another year, as Xen Orchestra's do.
    private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

    private static final Comparator<Loose> PARENTS_FIRST = Comparator.comparingInt((Loose loose) -> loose.image().depth())
            .thenComparing(loose -> loose.image().file());

    private static final Comparator<Loose> BY_CHAIN = Comparator.comparing(loose -> loose.image().root().file());

    private final VhdLinks links;
    private final Assumptions assumptions;
    private final Findings found;
    private final List<Loose> all = new ArrayList<>();

    /// A VHD, and what its folder says.
    private record Loose(PastImage image, String machine, Optional<NauFolder> folder) {
    }

    /// A second of a machine.
    private record Moment(String machine, Instant time) {
    }

    LooseImages(VhdLinks links, Assumptions assumptions, Findings found) {
        this.links = links;
        this.assumptions = assumptions;
        this.found = found;
    }

    void add(Path vhd) {
        found.read(vhd, () -> {
            var folder = NauFolder.of(vhd, assumptions.zone());
            return new Loose(links.image(vhd), machine(vhd, folder), folder);
        }).ifPresent(all::add);
    }

    private String machine(Path vhd, Optional<NauFolder> folder) throws NotUnderstoodException {
        var name = folder.map(NauFolder::machine).or(assumptions::machine)
                .or(() -> Optional.ofNullable(vhd.getParent().getFileName()).map(Path::toString));
        return name.orElseThrow(() -> new NotUnderstoodException("nothing tells whose disk it is; name the machine by --vm"));
    }

    List<PastBackup> backups() {
        var times = new HashMap<Path, Instant>();
        var moments = new HashMap<Moment, SortedMap<String, Loose>>();
        var names = diskNames();
        for (var loose : all.stream().sorted(PARENTS_FIRST).toList()) {
            var name = names.get(loose.image().root().file());
            var time = loose.image().parent().flatMap(parent -> Optional.ofNullable(times.get(parent.file())))
                    .map(older -> older.plusSeconds(1)).filter(earliest -> earliest.isAfter(time(loose))).orElse(time(loose));
            while (disksAt(moments, loose, time).containsKey(name)) {
                time = time.plusSeconds(1);
            }
            disksAt(moments, loose, time).put(name, loose);
            times.put(loose.image().file(), time);
        }
        return moments.entrySet().stream().map(moment -> backup(moment.getKey(), moment.getValue())).toList();
    }

    private static SortedMap<String, Loose> disksAt(Map<Moment, SortedMap<String, Loose>> moments, Loose loose, Instant time) {
        return moments.computeIfAbsent(new Moment(loose.machine(), time), _ -> new TreeMap<>());
    }

    /// By the files that chains begin with.
    private Map<Path, String> diskNames() {
        var names = new HashMap<Path, String>();
        var chains = new HashMap<String, Integer>();
        for (var loose : all.stream().sorted(BY_CHAIN).toList()) {
            names.computeIfAbsent(loose.image().root().file(), _ -> {
                boolean alone = loose.folder().isPresent(); // NAUbackup exports one disk of a machine
                return DeviceName.at(alone ? 0 : chains.merge(loose.machine(), 1, Integer::sum) - 1);
            });
        }
        return names;
    }

    private static Instant time(Loose loose) {
        if (loose.folder().isPresent()) {
            return loose.folder().get().time();
        }
        var identity = loose.image().identity();
        var modified = loose.image().modified();
        boolean told = identity.meansSomething() && identity.time().isBefore(modified.plus(CLOCKS_DIFFER));
        return (told ? identity.time() : modified).truncatedTo(ChronoUnit.SECONDS);
    }

    private static PastBackup backup(Moment moment, SortedMap<String, Loose> disks) {
        var first = disks.firstEntry().getValue();
        var images = disks.entrySet().stream().map(disk -> new PastDisk(disk.getKey(), Optional.empty(),
                Optional.of("vhd:" + disk.getValue().image().identity().id()), disk.getValue().image())).toList();
        var origin = first.folder().isPresent() ? Origin.NAUBACKUP : Origin.VHD;
        return new PastBackup(first.image().file(), origin, moment.machine(), Optional.empty(), moment.time(),
                new Content.Images(images), Optional.empty());
    }
}
