package io.xenolith.repository.mark;

import io.xenolith.repository.index.Location;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// A set of chunks by their places: one bit for each chunk of a pack. Not safe for use by several threads.
public final class ChunkBits {

    private final Map<Integer, BitSet> byPack = new HashMap<>();

    /// Adds a chunk.
    ///
    /// @return whether it was not in the set
    public boolean add(Location place) {
        var bits = byPack.computeIfAbsent(place.pack(), _ -> new BitSet());
        boolean isNew = !bits.get(place.ordinal());
        bits.set(place.ordinal());
        return isNew;
    }

    public boolean contains(Location place) {
        return of(place.pack()).get(place.ordinal());
    }

    /// The ordinals of a pack's chunks that are in the set. Not to be changed.
    public BitSet of(int pack) {
        return byPack.getOrDefault(pack, new BitSet(0));
    }
}
