package io.xenolith.repository.report;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.map.MapNode;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.Location;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.mark.ChunkBits;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.read.MissingChunkException;
import io.xenolith.repository.read.StoredChunks;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out what each point and each machine needs alone, and what was new with each point.
///
/// Points are walked in the order of their times. A node is looked into when it is seen first, when a second point turns
/// up that needs it, and when another machine does; further points change nothing below it. So the time taken follows the
/// number of different nodes, not of points.
final class Accounting {

    /// What is added up for a point or a machine.
    static final class Sums {
        long logicalBytes;
        long uniqueBytes;
        long newBytes;
        double freedBytes;
        double newPacked;
    }

    private final ChunkIndex index;
    private final StoredChunks stored;
    private final Map<Integer, Double> packedShare = new HashMap<>();

    private final Owners pointOwners = new Owners();
    private final Owners vmOwners = new Owners();
    private final Map<Location, Long> logicalBelow = new HashMap<>();
    private final Map<String, Integer> vmNumbers = new HashMap<>();
    private final Map<Integer, Sums> points = new HashMap<>();
    private final Map<Integer, Sums> vms = new HashMap<>();
    private final ChunkBits needed = new ChunkBits();
    private final Map<Integer, ChunkBits> seenByVm = new HashMap<>();
    private int point;
    private int vm;

    Accounting(ChunkIndex index, StoredChunks stored) {
        this.index = index;
        this.stored = stored;
        for (var pack : index.packs()) {
            packedShare.put(pack.number(), (double) pack.length() / Math.max(1, pack.rawBytes()));
        }
    }

    /// Takes in all points, by ascending time.
    void add(List<RestorePoint> byTime) throws IOException {
        for (var each : byTime) {
            point++;
            vm = vmNumbers.computeIfAbsent(each.vm(), _ -> vmNumbers.size() + 1);
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
        var place = place(PackKind.MAP, id);
        needed.add(place);
        int owner = pointOwners.claim(place, point);
        int vmOwner = vmOwners.claim(place, vm);
        boolean changes = isFirstOfVm(place) || owner != point && owner != Owners.SEVERAL;
        var known = logicalBelow.get(place);
        if (!changes && known != null) {
            return known;
        }
        double share = packedShare.get(place.pack()) * length(place);
        settle(owner, vmOwner, share);
        long below = switch (MapNode.decode(id, stored.readNode(id))) {
            case MapNode.Root root -> root.top().isNull() ? 0 : node(root.top());
            case MapNode.Inner inner -> children(inner);
            case MapNode.Leaf leaf -> chunks(leaf);
        };
        logicalBelow.put(place, below);
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
        for (var chunk : leaf.chunks()) {
            below += chunk.length();
            var place = place(PackKind.DATA, chunk.id());
            needed.add(place);
            int owner = pointOwners.claim(place, point);
            int vmOwner = vmOwners.claim(place, vm);
            double packed = packedShare.get(place.pack()) * chunk.length();
            settle(owner, vmOwner, packed);
            if (owner == Owners.NOBODY) {
                sums(points, point).newBytes += chunk.length();
                sums(points, point).newPacked += packed;
            }
            if (isFirstOfVm(place)) {
                sums(vms, vm).uniqueBytes += chunk.length();
            }
        }
        return below;
    }

    /// Whether the current machine needs the chunk or node for the first time.
    private boolean isFirstOfVm(Location place) {
        return seenByVm.computeIfAbsent(vm, _ -> new ChunkBits()).add(place);
    }

    /// Moves what a chunk takes from who needed it alone to who does now.
    private void settle(int owner, int vmOwner, double packed) {
        if (owner == Owners.NOBODY) {
            sums(points, point).freedBytes += packed;
            sums(vms, vm).freedBytes += packed;
            return;
        }
        if (owner != point && owner != Owners.SEVERAL) {
            sums(points, owner).freedBytes -= packed;
        }
        if (vmOwner != vm && vmOwner != Owners.SEVERAL) {
            sums(vms, vmOwner).freedBytes -= packed;
        }
    }

    private long length(Location place) throws IOException {
        return index.table(place.pack()).chunkLength(place.ordinal());
    }

    private Location place(PackKind kind, ChunkId id) throws IOException {
        var places = index.locate(kind, id);
        if (places.isEmpty()) {
            throw new MissingChunkException(id);
        }
        return places.getFirst();
    }

    /// The sums of the `number`-th point, from 1 on.
    Sums point(int number) {
        return sums(points, number);
    }

    Sums vm(String name) {
        return sums(vms, vmNumbers.getOrDefault(name, 0));
    }

    /// What is needed by no point, about, in bytes of packs.
    long unneededBytes() throws IOException {
        double bytes = 0;
        for (PackEntry pack : index.packs()) {
            var table = index.table(pack.number());
            long raw = needed.of(pack.number()).stream().mapToLong(table::chunkLength).sum();
            bytes += pack.length() * (1 - (double) raw / Math.max(1, pack.rawBytes()));
        }
        return Math.round(bytes);
    }
}
