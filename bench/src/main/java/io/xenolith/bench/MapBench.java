package io.xenolith.bench;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapBuilder;
import io.xenolith.engine.map.MapNode;
import io.xenolith.engine.map.MapShape;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The block map of a disk of 1 GiB with chunks of 64 KiB, in memory and on one thread. An operation is one MiB of disk.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MapBench {

    public static final int DISK_MIB = 1 << 10;

    private static final long DISK_BYTES = (long) DISK_MIB << 20;

    private final List<List<MapNode.SlotChunk>> slots = new ArrayList<>();
    private final ChunkIdentity.Hasher hasher = ChunkIdentity.plain().newHasher();
    private final Map<ChunkId, byte[]> nodes = new HashMap<>();
    private final BareTools bare = new BareTools();
    private ChunkId root;

    @Setup
    public void prepare() throws IOException {
        var random = new Random(6);
        for (long slot = 0; slot < DISK_BYTES / MapShape.SLOT_BYTES; slot++) {
            var chunks = new ArrayList<MapNode.SlotChunk>();
            for (int at = 0; at < MapShape.SLOT_BYTES; at += Chunking.DEFAULT.meanBytes()) {
                var id = new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
                chunks.add(new MapNode.SlotChunk(at, Chunking.DEFAULT.meanBytes(), id));
            }
            slots.add(chunks);
        }
        root = build();
    }

    /// With a digest of each node, which is its id.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public ChunkId build() throws IOException {
        var map = MapBuilder.whole(node -> {
            var id = hasher.id(node);
            nodes.put(id, node);
            return id;
        });
        for (int slot = 0; slot < slots.size(); slot++) {
            map.slot(slot, slots.get(slot));
        }
        return map.finish(DISK_BYTES);
    }

    /// From nodes that are proven already.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public long walk() throws IOException {
        var total = new long[1];
        BlockMap.open(nodes::get, root).walk((_, chunks) -> {
            for (var chunk : chunks) {
                total[0] += chunk.length();
            }
        });
        return total[0];
    }

    /// The reference of both: digests of all nodes, as they are.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public long digests() throws GeneralSecurityException {
        long sum = 0;
        for (var node : nodes.values()) {
            sum += bare.sha256(node, 0, node.length)[0];
        }
        return sum;
    }

    @TearDown
    public void close() {
        bare.close();
    }
}
