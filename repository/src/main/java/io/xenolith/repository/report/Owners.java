package io.xenolith.repository.report;

import io.xenolith.repository.index.Location;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.mark.ChunkBits;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which point alone needs a chunk, or else which machine alone. In memory there are only bits of the chunks that machines
/// share. Not safe for use by several threads.
final class Owners implements Closeable {

    static final int NOBODY = 0;
    static final int SEVERAL = -1;

    private static final long SHARED = Long.MIN_VALUE;

    /// By chunk: 0 nobody; `p` the point p alone; `-v` several points of the machine v and no others; [#SHARED] several machines.
    private final ChunkNumbers states;
    private final Map<Integer, ChunkBits> sharedBy = new HashMap<>();
    private final List<Integer> machines = new ArrayList<>(List.of(NOBODY)); // by point

    Owners(Collection<PackEntry> packs) {
        this.states = new ChunkNumbers(packs);
    }

    /// Who needed a chunk before somebody claimed it.
    ///
    /// @param point          the only one, from 1 on, [#NOBODY] or [#SEVERAL]
    /// @param machine        the only one, from 1 on, [#NOBODY] or [#SEVERAL]
    /// @param isFirstOfClaimant whether the claimant's machine did not need it
    record Claim(int point, int machine, boolean isFirstOfClaimant) {
    }

    /// Begins the next point, the first of which is 1.
    ///
    /// @param machine whose it is, from 1 on
    void beginPoint(int machine) {
        machines.add(machine);
    }

    /// The current point needs the chunk.
    Claim claim(Location place) throws IOException {
        int point = machines.size() - 1;
        int machine = machines.getLast();
        long before = states.get(place);
        var claim = before(before, place, machine);
        long after = after(claim, point, machine);
        if (after != before) {
            states.set(place, after);
        }
        if (after == SHARED && before != SHARED) {
            sharers(claim.machine).add(place);
            sharers(machine).add(place);
        }
        return claim;
    }

    private Claim before(long state, Location place, int machine) {
        if (state == SHARED) {
            return new Claim(SEVERAL, SEVERAL, sharers(machine).add(place));
        }
        int alone = state > 0 ? machines.get((int) state) : (int) -state;
        return new Claim(state >= 0 ? (int) state : SEVERAL, alone, alone != machine);
    }

    private static long after(Claim before, int point, int machine) {
        if (before.point == NOBODY || before.point == point) {
            return point;
        }
        return before.machine == machine ? -machine : SHARED;
    }

    private ChunkBits sharers(int machine) {
        return sharedBy.computeIfAbsent(machine, _ -> new ChunkBits());
    }

    @Override
    public void close() throws IOException {
        states.close();
    }
}
