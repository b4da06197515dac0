package io.xenolith.repository.mark;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.index.Location;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// What a set of restore points needs: its nodes and chunks, each once.
public final class Marks {

    private final ChunkBits needed = new ChunkBits();
    private final Map<ChunkId, IOException> lost = new HashMap<>();

    private Marks() {
    }

    /// Marks what `points` need. Nodes that two of them share are walked once.
    ///
    /// @throws IOException if anything is missing or cannot be read
    public static Marks strict(PointWalk walk, Collection<RestorePoint> points) throws IOException {
        return new Marks().mark(walk, points, false);
    }

    /// Marks what `points` need, as far as it can be read; what cannot is in [#lost()].
    public static Marks lenient(PointWalk walk, Collection<RestorePoint> points) throws IOException {
        return new Marks().mark(walk, points, true);
    }

    private Marks mark(PointWalk walk, Collection<RestorePoint> points, boolean lenient) throws IOException {
        for (var point : points) {
            walk.walk(point, new PointWalk.Visitor() {
                @Override
                public boolean node(Location place) {
                    return needed.add(place);
                }

                @Override
                public void chunk(MapChunk chunk, Location place) {
                    needed.add(place);
                }

                @Override
                public void unreadable(ChunkId id, Extent extent, IOException failure) throws IOException {
                    if (!lenient) {
                        throw failure;
                    }
                    lost.put(id, failure);
                }
            });
        }
        return this;
    }

    /// The nodes and chunks that are needed and there.
    public ChunkBits needed() {
        return needed;
    }

    /// The nodes and chunks that are needed and missing, and the nodes that cannot be read, each with the reason.
    public Map<ChunkId, IOException> lost() {
        return lost;
    }
}
