package io.xenolith.source.history;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// What a tree of old backups holds.
///
/// @param backups what can be read, the oldest first; no two of one machine and one time
/// @param leftOut what looks like a backup and cannot, sorted by path
public record History(List<PastBackup> backups, List<LeftOut> leftOut) {

    /// What the files do not tell.
    ///
    /// @param machine whose the VHDs are that nothing describes; nothing for the names of their folders
    /// @param zone    where the clock hung that names of folders were taken from
    public record Assumptions(Optional<String> machine, ZoneId zone) {
    }

    /// Something that looks like a backup and is not among those to be read.
    ///
    /// @param reason why, and what could be done, as a sentence without its first capital
    public record LeftOut(Path file, String reason) {
    }

    private static final Comparator<PastBackup> BY_TIME = Comparator.comparing(PastBackup::time)
            .thenComparing(PastBackup::file);

    public History {
        backups = List.copyOf(backups);
        leftOut = leftOut.stream().sorted(Comparator.comparing(LeftOut::file)).toList();
    }

    /// Walks a tree and reads what describes its backups. Names that begin with a dot are passed over: they are what others
    /// have not finished.
    ///
    /// @param directory a symbolic link is followed here, and nowhere below
    /// @throws IOException if `directory` is none, or cannot be read; of anything in it, that is told in the result
    public static History scan(Path directory, Assumptions assumptions) throws IOException {
        var tree = Tree.walk(directory.toRealPath());
        var found = new Findings(tree.leftOut());
        var links = new VhdLinks(tree);
        var archives = new Archives(assumptions.zone());
        var orchestra = new OrchestraBackups(tree, links, archives);

        tree.descriptions().forEach(json -> found.add(json, () -> orchestra.read(json)));
        tree.archives().stream().filter(xva -> !orchestra.named().contains(xva))
                .forEach(xva -> found.add(xva, () -> archives.read(xva)));
        var loose = new LooseImages(links, assumptions, found);
        for (var vhd : tree.images().stream().filter(image -> !orchestra.named().contains(image)).toList()) {
            if (!tree.isOrchestras(vhd)) {
                loose.add(vhd);
            } else {
                found.leaveOut(vhd, "no readable description of Xen Orchestra names it, nor an image that is laid over it");
            }
        }
        found.addAll(loose.backups());
        return found.inOrder();
    }

    /// Collects what was found.
    static final class Findings {
        private final List<PastBackup> backups = new ArrayList<>();
        private final List<LeftOut> leftOut;

        Findings(List<LeftOut> leftOut) {
            this.leftOut = new ArrayList<>(leftOut);
        }

        /// Reads something of the share.
        interface Reading<T> {
            T read() throws NotUnderstoodException, IOException;
        }

        void add(Path file, Reading<PastBackup> reading) {
            read(file, reading).ifPresent(backups::add);
        }

        void addAll(List<PastBackup> more) {
            backups.addAll(more);
        }

        /// What `reading` returns, or nothing if that is to be told of `file`.
        <T> Optional<T> read(Path file, Reading<T> reading) {
            try {
                return Optional.of(reading.read());
            } catch (NotUnderstoodException e) {
                leaveOut(file, e.getMessage());
            } catch (IOException e) {
                leaveOut(file, Tree.sentence(e));
            }
            return Optional.empty();
        }

        void leaveOut(Path file, String reason) {
            leftOut.add(new LeftOut(file, reason));
        }

        /// Two backups of one machine and one second could not be told apart later.
        private History inOrder() {
            var kept = new ArrayList<PastBackup>();
            var seen = new HashSet<List<Object>>();
            for (var backup : backups.stream().sorted(BY_TIME).toList()) {
                if (seen.add(List.of(backup.machine(), backup.uuid(), backup.time()))) {
                    kept.add(backup);
                } else {
                    leaveOut(backup.file(), ("another backup of '%s' at %s was found; if this one differs, back it up on its"
                            + " own with another --time").formatted(backup.machine(), backup.time()));
                }
            }
            return new History(kept, leftOut);
        }
    }
}
