package io.xenolith.repository.report;

import io.xenolith.repository.index.Location;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Who alone needs a chunk: four bytes for each chunk of a pack. Not safe for use by several threads.
final class Owners {

    static final int NOBODY = 0;
    static final int SEVERAL = -1;

    private final Map<Integer, int[]> byPack = new HashMap<>();

    /// `owner` (from 1 on) needs the chunk.
    ///
    /// @return who alone needed it before
    int claim(Location place, int owner) {
        var owners = byPack.computeIfAbsent(place.pack(), _ -> new int[64]);
        if (place.ordinal() >= owners.length) {
            owners = Arrays.copyOf(owners, Math.max(place.ordinal() + 1, 2 * owners.length));
            byPack.put(place.pack(), owners);
        }
        int before = owners[place.ordinal()];
        owners[place.ordinal()] = before == NOBODY || before == owner ? owner : SEVERAL;
        return before;
    }
}
