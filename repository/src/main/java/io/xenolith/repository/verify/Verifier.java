package io.xenolith.repository.verify;

import io.xenolith.engine.Progress;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.point.PointPart;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.Location;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.mark.ChunkBits;
import io.xenolith.repository.mark.Marks;
import io.xenolith.repository.mark.PointWalk;
import io.xenolith.repository.storage.StorageFullException;
import io.xenolith.repository.storage.StorageReadOnlyException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Verifies restore points: that their block maps and all chunks are there and, as far as asked for, that the chunks are
/// what their ids say. Changes nothing but the record of when packs were verified.
public final class Verifier {

    private final Repository repository;
    private final int workers;
    private final Progress progress;

    /// @param workers threads that read packs
    public Verifier(Repository repository, int workers, Progress progress) {
        this.repository = repository;
        this.workers = workers;
        this.progress = progress;
    }

    /// Verifies `points`. Those of the whole repository that cannot be read at all are for the caller to tell.
    ///
    /// @param now     the time to be recorded for the packs that were found whole
    /// @throws IOException if something cannot be read, which says nothing about its content
    public Verification verify(Collection<RestorePoint> points, DataSelection selection, Instant now)
            throws IOException, InterruptedException {
        var walk = new PointWalk(repository.index(), repository.chunks());
        var marks = Marks.lenient(walk, points);
        var selected = select(marks.needed(), selection, now);
        var findings = readAll(selected);
        var damaged = marks.lost().isEmpty() && findings.isEmpty() ? List.<Damage>of()
                : new Attribution(findings, marks.lost()).attribute(walk, points);
        recordWhole(selected, findings, now);
        long bytes = selected.stream().mapToLong(PackEntry::length).sum();
        return new Verification(points.size(), selected.size(), bytes, damaged, others(findings, marks.needed()));
    }

    private List<PackEntry> select(ChunkBits needed, DataSelection selection, Instant now) throws IOException {
        var packs = repository.index().packs().stream().filter(pack -> !needed.of(pack.number()).isEmpty()).toList();
        return switch (selection) {
            case DataSelection.None _ -> List.of();
            case DataSelection.All _ -> packs;
            case DataSelection.Sample sample -> sample(packs, sample.fraction());
            case DataSelection.OlderThan old -> {
                var times = repository.ledger().read();
                var limit = now.minus(old.age());
                yield packs.stream().filter(p -> times.getOrDefault(p.id(), Instant.MIN).isBefore(limit)).toList();
            }
        };
    }

    private List<PackEntry> sample(List<PackEntry> packs, double fraction) {
        var shuffled = new ArrayList<>(packs);
        Collections.shuffle(shuffled, Random.from(repository.random()));
        double wanted = packs.stream().mapToLong(PackEntry::length).sum() * fraction;
        var sample = new ArrayList<PackEntry>();
        for (var pack : shuffled) {
            if (wanted > 0) {
                sample.add(pack);
                wanted -= pack.length();
            }
        }
        return sample;
    }

    /// Reads packs and returns what is wrong with those that are damaged, by their numbers.
    private Map<Integer, PackVerifier.Finding> readAll(List<PackEntry> packs) throws IOException, InterruptedException {
        progress.expect(packs.stream().mapToLong(PackEntry::length).sum());
        var findings = new ConcurrentHashMap<Integer, PackVerifier.Finding>();
        var known = repository.damage().damaged();
        Queue<PackEntry> left = new ConcurrentLinkedQueue<>(packs);
        Crew.work("verify", workers, () -> {
            var verifier = new PackVerifier(repository.packs(), repository.identity());
            for (var pack = left.poll(); pack != null; pack = left.poll()) {
                var recorded = known.getOrDefault(pack.id(), new BitSet());
                var finding = verifier.verify(pack, repository.index().table(pack.number()), recorded);
                if (!finding.ok()) {
                    findings.put(pack.number(), finding);
                }
                progress.advance(pack.length());
            }
        });
        return findings;
    }

    private void recordWhole(List<PackEntry> read, Map<Integer, PackVerifier.Finding> findings, Instant now)
            throws IOException {
        var whole = read.stream().filter(pack -> !findings.containsKey(pack.number())).map(PackEntry::id).toList();
        if (!whole.isEmpty()) {
            var present = repository.index().packs().stream().map(PackEntry::id).toList();
            try {
                repository.ledger().record(whole, now, present);
            } catch (StorageFullException | StorageReadOnlyException _) {
                // what was found is worth telling all the same; these packs are only read again sooner
            }
        }
    }

    /// Findings about packs that hurt no point: spare or unneeded chunks, or a table of which the index has a copy.
    private static List<String> others(Map<Integer, PackVerifier.Finding> findings, ChunkBits needed) {
        return findings.entrySet().stream()
                .filter(entry -> !entry.getValue().damaged().intersects(needed.of(entry.getKey())))
                .map(entry -> entry.getValue().finding()).sorted().toList();
    }

    /// Finds the disks and extents that suffer from damage.
    private static final class Attribution {
        private final Map<Integer, PackVerifier.Finding> findings;
        private final Map<ChunkId, IOException> lost;
        private final List<Damage> damages = new ArrayList<>();

        Attribution(Map<Integer, PackVerifier.Finding> findings, Map<ChunkId, IOException> lost) {
            this.findings = findings;
            this.lost = lost;
        }

        List<Damage> attribute(PointWalk walk, Collection<RestorePoint> points) throws IOException {
            for (var point : points) {
                for (var part : point.parts()) {
                    attribute(walk, point, part);
                }
            }
            return damages;
        }

        private void attribute(PointWalk walk, RestorePoint point, PointPart part) throws IOException {
            walk.walk(part, new PointWalk.Visitor() {
                @Override
                public boolean node(Location place) {
                    return true;
                }

                @Override
                public void chunk(MapChunk chunk, Location place) {
                    var finding = findings.get(place.pack());
                    if (finding != null && finding.damaged().get(place.ordinal())) {
                        add(point, part, chunk.extent(), finding.finding());
                    }
                }

                @Override
                public void unreadable(ChunkId id, Extent extent, IOException failure) {
                    add(point, part, extent, lost.getOrDefault(id, failure).getMessage());
                }
            });
        }

        /// Extents that follow each other for the same reason are one.
        private void add(RestorePoint point, PointPart part, Extent extent, String reason) {
            var damage = new Damage(point.vm(), point.id(), part.name(), extent, reason);
            if (!damages.isEmpty()) {
                var last = damages.getLast();
                if (last.point().equals(damage.point()) && last.disk().equals(damage.disk())
                        && last.extent().end() == extent.offset() && last.reason().equals(reason)) {
                    damages.removeLast();
                    damage = new Damage(point.vm(), point.id(), part.name(),
                            Extent.between(last.extent().offset(), extent.end()), reason);
                }
            }
            damages.add(damage);
        }
    }
}
