package io.xenolith.repository.repair;

import io.xenolith.engine.Progress;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.verify.Damage;
import io.xenolith.repository.verify.DataSelection;
import io.xenolith.repository.verify.PackVerifier;
import io.xenolith.repository.verify.Verifier;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Reads all packs and marks the chunks that are damaged: they never match again, so the next backup that meets the same
/// content stores it anew, which heals all points that need it. The caller holds the exclusive lock.
public final class PackRepair {

    private final Repository repository;
    private final int workers;
    private final Progress progress;

    public PackRepair(Repository repository, int workers, Progress progress) {
        this.repository = repository;
        this.workers = workers;
        this.progress = progress;
    }

    /// What was done.
    ///
    /// @param packs   that were read
    /// @param marked  chunks that were found damaged and are marked now
    /// @param damaged what points have lost until a backup brings it back
    public record Result(int packs, long marked, List<Damage> damaged) {
    }

    /// @param points all restore points
    /// @throws IOException if something cannot be read, which says nothing about its content; nothing is marked for that
    public Result repair(Collection<RestorePoint> points, Instant now) throws IOException, InterruptedException {
        var packs = repository.index().packs();
        progress.expect(packs.stream().mapToLong(PackEntry::length).sum());
        var known = repository.damage().damaged();
        var marked = new AtomicLong();
        var read = new AtomicInteger();
        Queue<PackEntry> left = new ConcurrentLinkedQueue<>(packs);
        Crew.work("repair", workers, () -> {
            var verifier = new PackVerifier(repository.packs(), repository.identity());
            for (var pack = left.poll(); pack != null; pack = left.poll()) {
                var recorded = known.getOrDefault(pack.id(), new BitSet());
                var damaged = verifier.verify(pack, repository.index().table(pack.number()), recorded).damaged();
                if (!damaged.isEmpty()) {
                    repository.damage().add(pack.id(), damaged);
                    marked.addAndGet(damaged.cardinality());
                }
                read.incrementAndGet();
                progress.advance(pack.length());
            }
        });
        repository.index().refresh();
        var lost = new Verifier(repository, workers, Progress.NONE).verify(points, new DataSelection.None(), now);
        return new Result(read.get(), marked.get(), lost.damaged());
    }
}
