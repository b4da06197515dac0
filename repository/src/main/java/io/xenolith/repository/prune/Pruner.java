package io.xenolith.repository.prune;

import io.xenolith.engine.Progress;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.mark.Marks;
import io.xenolith.repository.mark.PointWalk;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.storage.StorageFullException;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntFunction;

/// Plans and does prunings. The caller holds the exclusive lock from before the planning until after the doing.
public final class Pruner {

    /// Below this share of needed bytes a pack is rewritten, unless asked for otherwise.
    public static final double DEFAULT_LIVE_THRESHOLD = 0.5;

    private static final int SMALL_PACKS_IN_FULL = 8; // a pack is small below this part of a full one, or 8 MiB
    private static final int SMALL_PACKS_TO_MERGE = 16;

    private final Repository repository;
    private final double liveThreshold;
    private final Progress progress;

    /// @param liveThreshold packs of which a smaller share is needed are rewritten; 0 to 1
    public Pruner(Repository repository, double liveThreshold, Progress progress) {
        if (!(liveThreshold >= 0 && liveThreshold <= 1)) {
            throw new IllegalArgumentException("a live threshold of %s; possible are 0 to 1".formatted(liveThreshold));
        }
        this.repository = repository;
        this.liveThreshold = liveThreshold;
        this.progress = progress;
    }

    /// Decides what to do, and changes nothing.
    ///
    /// @param kept    all points that stay
    /// @throws IOException if anything that the kept points need is missing or cannot be read
    public PrunePlan plan(Collection<RestorePoint> removed, Collection<RestorePoint> kept) throws IOException {
        var index = repository.index();
        var needed = Marks.strict(new PointWalk(index, repository.chunks()), kept).needed();
        var fates = new ArrayList<PackFate>();
        for (var pack : index.packs()) {
            fates.add(fate(pack, needed.of(pack.number())));
        }
        mergeSmallPacks(fates, needed::of);
        return new PrunePlan(List.copyOf(removed), List.copyOf(kept), fates);
    }

    private PackFate fate(PackEntry pack, BitSet needed) throws IOException {
        if (needed.isEmpty()) {
            return new PackFate.Delete(pack);
        }
        long live = liveBytes(pack, needed);
        return live < pack.length() * liveThreshold ? new PackFate.Rewrite(pack, needed, live) : new PackFate.Keep(pack);
    }

    /// The needed chunks' share of the pack, going by their lengths before compression.
    private long liveBytes(PackEntry pack, BitSet needed) throws IOException {
        var table = repository.index().table(pack.number());
        long raw = needed.stream().mapToLong(table::chunkLength).sum();
        return Math.round((double) pack.length() * raw / Math.max(1, pack.rawBytes()));
    }

    /// Each backup leaves a pack that is not full; many of them are gathered into one.
    private void mergeSmallPacks(List<PackFate> fates, IntFunction<BitSet> needed) throws IOException {
        for (var kind : PackKind.values()) {
            if (fates.stream().filter(fate -> isSmall(fate, kind)).count() < SMALL_PACKS_TO_MERGE) {
                continue;
            }
            for (var each = fates.listIterator(); each.hasNext();) {
                var fate = each.next();
                if (isSmall(fate, kind)) {
                    var bits = needed.apply(fate.pack().number());
                    each.set(new PackFate.Rewrite(fate.pack(), bits, liveBytes(fate.pack(), bits)));
                }
            }
        }
    }

    private boolean isSmall(PackFate fate, PackKind kind) {
        return fate instanceof PackFate.Keep(var pack) && pack.id().kind() == kind
                && pack.length() < repository.packBytes() / SMALL_PACKS_IN_FULL;
    }

    /// Does what was planned.
    ///
    /// @throws IOException if the storage fails; whatever was not deleted yet is still whole
    public PruneResult prune(PrunePlan plan) throws IOException {
        var notes = new ArrayList<String>();
        long before = storedBytes();
        var catalog = repository.catalog();
        for (var point : plan.removed()) {
            catalog.remove(point);
        }
        for (var fate : plan.fates()) {
            if (fate instanceof PackFate.Delete delete) {
                repository.storage().delete(delete.pack().id().name());
            }
        }
        long rewritten = rewrite(plan, notes);
        tidy(notes);
        return new PruneResult(plan.removed().size(), plan.kept().size(), before - storedBytes(), rewritten, notes);
    }

    private long storedBytes() throws IOException {
        long bytes = 0;
        for (var folder : List.of("packs/", "segments/", "points/")) {
            bytes += repository.storage().list(folder).stream().mapToLong(StoredObject::size).sum();
        }
        return bytes;
    }

    private long rewrite(PrunePlan plan, List<String> notes) throws IOException {
        var rewrites = plan.fates().stream().filter(PackFate.Rewrite.class::isInstance)
                .map(PackFate.Rewrite.class::cast).toList();
        if (rewrites.isEmpty()) {
            return 0;
        }
        progress.expect(plan.bytesToRewrite());
        var done = new ArrayList<PackEntry>();
        try (var rewriter = new PackRewriter(repository)) {
            for (var rewrite : rewrites) {
                copy(rewriter, rewrite, done, notes);
            }
            rewriter.commit();
        } catch (StorageFullException e) {
            notes.add("no space to rewrite packs that are partly needed; prune again when there is: " + e.getMessage());
            return 0;
        }
        for (var pack : done) {
            repository.storage().delete(pack.id().name());
        }
        return done.stream().mapToLong(PackEntry::length).sum();
    }

    private void copy(PackRewriter rewriter, PackFate.Rewrite rewrite, List<PackEntry> done, List<String> notes)
            throws IOException {
        try {
            rewriter.copy(rewrite.pack(), rewrite.needed());
            done.add(rewrite.pack());
        } catch (CorruptObjectException e) {
            notes.add("left as it is: " + e.getMessage());
        }
        progress.advance(rewrite.pack().length());
    }

    /// What no run needs any more; none of it is worth failing for.
    private void tidy(List<String> notes) throws IOException {
        var storage = repository.storage();
        for (var leftover : storage.unfinished()) {
            storage.removeUnfinished(leftover);
        }
        var present = new HashSet<PackId>();
        storage.list("packs/").forEach(object ->
                PackId.ofName(object.name()).ifPresent(present::add));
        try {
            repository.damage().retain(present);
            new SegmentGatherer(storage, repository.segments()).gather(present);
        } catch (StorageFullException | CorruptObjectException e) {
            notes.add("index segments were left as they are: " + e.getMessage());
        }
    }
}
