package io.xenolith.repository.report;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.map.MapNode;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.Location;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.read.MissingChunkException;
import io.xenolith.repository.read.StoredChunks;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Finds out what each point and each machine needs alone, and what was new with each point.
///
/// Points are walked in the order of their times. A node is looked into when it is seen first, when a second point turns
/// up that needs it, and when another machine does; further points change nothing below it. So the time taken follows the
/// number of different nodes, not of points.
final class Accounting implements Closeable {

    /// What is added up for a point or a machine, see [Accounts.Sums].
    private static final class Sums {
        private long logicalBytes;
        private long uniqueBytes;
        private long newBytes;
        private double freedBytes;
        private double newPacked;

        Accounts.Sums done() {
            return new Accounts.Sums(logicalBytes, uniqueBytes, newBytes, freedBytes, newPacked);
        }
    }

    private final ChunkIndex index;
    private final StoredChunks stored;
    private final double[] packedShare; // by pack
    private final Owners owners;
    private final ChunkNumbers logicalBelow; // a node; one more than the bytes, so that 0 is not known
    private final Map<String, Integer> vmNumbers = new HashMap<>();
    private final Map<Integer, Sums> points = new HashMap<>();
    private final Map<Integer, Sums> vms = new HashMap<>();
    private double neededPacked;
    private int point;
    private int vm;

    Accounting(ChunkIndex index, StoredChunks stored) {
        this.index = index;
        this.stored = stored;
        var packs = index.packs();
        packedShare = new double[packs.stream().mapToInt(PackEntry::number).max().orElse(-1) + 1];
        for (var pack : packs) {
            packedShare[pack.number()] = (double) pack.length() / Math.max(1, pack.rawBytes());
        }
        owners = new Owners(packs);
        logicalBelow = new ChunkNumbers(packs.stream().filter(pack -> pack.id().kind() == PackKind.MAP).toList());
    }

    /// Takes in all points, by ascending time.
    void add(List<RestorePoint> byTime) throws IOException {
        for (var each : byTime) {
            point++;
            vm = vmNumbers.computeIfAbsent(each.vm(), _ -> vmNumbers.size() + 1);
            owners.beginPoint(vm);
            for (var part : each.parts()) {
                sums(points, point).logicalBytes += node(part.root());
            }
            sums(vms, vm).logicalBytes += sums(points, point).logicalBytes;
        }
    }

    private static Sums sums(Map<Integer, Sums> all, int number) {
        return all.computeIfAbsent(number, _ -> new Sums());
    }

    /// Looks into a node unless that changes nothing.
    ///
    /// @return bytes of the chunks below it
    private long node(ChunkId id) throws IOException {
        var place = first(id, index.locate(PackKind.MAP, id));
        var before = owners.claim(place);
        boolean changes = before.isFirstOfClaimant() || before.point() != point && before.point() != Owners.SEVERAL;
        long known = logicalBelow.get(place);
        if (!changes && known > 0) {
            return known - 1;
        }
        settle(before, packedShare[place.pack()] * length(place));
        long below = switch (MapNode.decode(id, stored.readNode(id))) {
            case MapNode.Root root -> root.top().isNull() ? 0 : node(root.top());
            case MapNode.Inner inner -> children(inner);
            case MapNode.Leaf leaf -> chunks(leaf);
        };
        logicalBelow.set(place, below + 1);
        return below;
    }

    private long children(MapNode.Inner inner) throws IOException {
        long below = 0;
        for (var child : inner.children()) {
            below += child.isNull() ? 0 : node(child);
        }
        return below;
    }

    private long chunks(MapNode.Leaf leaf) throws IOException {
        long below = 0;
        var places = index.locate(PackKind.DATA, leaf.chunks().stream().map(MapNode.SlotChunk::id).toList()).iterator();
        for (var chunk : leaf.chunks()) {
            below += chunk.length();
            var place = first(chunk.id(), places.next());
            var before = owners.claim(place);
            double packed = packedShare[place.pack()] * chunk.length();
            settle(before, packed);
            if (before.point() == Owners.NOBODY) {
                sums(points, point).newBytes += chunk.length();
                sums(points, point).newPacked += packed;
            }
            if (before.isFirstOfClaimant()) {
                sums(vms, vm).uniqueBytes += chunk.length();
            }
        }
        return below;
    }

    /// Moves what a chunk takes from who needed it alone to who does now.
    private void settle(Owners.Claim before, double packed) {
        if (before.point() == Owners.NOBODY) {
            neededPacked += packed;
            sums(points, point).freedBytes += packed;
            sums(vms, vm).freedBytes += packed;
            return;
        }
        if (before.point() != point && before.point() != Owners.SEVERAL) {
            sums(points, before.point()).freedBytes -= packed;
        }
        if (before.machine() != vm && before.machine() != Owners.SEVERAL) {
            sums(vms, before.machine()).freedBytes -= packed;
        }
    }

    private long length(Location place) throws IOException {
        return index.table(place.pack()).chunkLength(place.ordinal());
    }

    private static Location first(ChunkId id, List<Location> places) throws IOException {
        if (places.isEmpty()) {
            throw new MissingChunkException(id);
        }
        return places.getFirst();
    }

    /// What was found out.
    Accounts accounts() {
        var byTime = IntStream.rangeClosed(1, point).mapToObj(number -> sums(points, number).done()).toList();
        var byName = new TreeMap<String, Accounts.Sums>();
        vmNumbers.forEach((name, number) -> byName.put(name, sums(vms, number).done()));
        return new Accounts(byTime, byName, neededPacked);
    }

    @Override
    public void close() throws IOException {
        try (owners) {
            logicalBelow.close();
        }
    }
}
