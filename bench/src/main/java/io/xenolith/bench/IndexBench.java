package io.xenolith.bench;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Look-ups of chunk ids, on one thread: in the index, and in a bare RocksDB that has the same keys and values of the same
/// length. An operation is one look-up.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IndexBench {

    /// Look-ups at a time.
    public static final int LOOKUPS = 1000;

    private static final int CHUNKS_IN_PACK = 1000; // of 64 KiB each, about as many as there are
    private static final int PLACE_BYTES = 6;

    @Param("256")
    private int packs;

    private final Random random = new Random(8);
    private final ChunkId[] wanted = new ChunkId[LOOKUPS];
    private final ChunkId[] unknown = new ChunkId[LOOKUPS];
    private Repositories repositories;
    private Repository repository;
    private ChunkIndex index;
    private Options options;
    private BloomFilter filter;
    private RocksDB bare;

    public IndexBench() {
    }

    public IndexBench(int packs) {
        this.packs = packs;
    }

    /// The packs are listed and in a segment, but hold nothing: the index does not read them.
    @Setup
    public void prepare() throws IOException, RocksDBException {
        repositories = new Repositories(false);
        repository = repositories.newOne();
        index = repository.index();
        filter = new BloomFilter(10);
        options = new Options().setCreateIfMissing(true)
                .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter));
        bare = RocksDB.open(options, bareFolder().toString());
        var tables = new ArrayList<PackTable>();
        for (int i = 0; i < packs; i++) {
            var table = table();
            tables.add(table);
            repository.storage().put(table.pack().name(), new byte[] {1});
            for (int ordinal = 0; ordinal < table.chunks(); ordinal++) {
                bare.put(table.id(ordinal).toBytes(), new byte[PLACE_BYTES]);
            }
        }
        repository.segments().write(tables);
        index.refresh();
        try (var flush = new FlushOptions().setWaitForFlush(true)) {
            bare.flush(flush);
        }
        for (int i = 0; i < LOOKUPS; i++) {
            wanted[i] = tables.get(random.nextInt(packs)).id(random.nextInt(CHUNKS_IN_PACK));
            unknown[i] = randomId();
        }
    }

    private Path bareFolder() {
        return repository.place().index().resolveSibling("bare");
    }

    /// As it is stored: one frame of chunks of a byte.
    private PackTable table() throws IOException {
        var out = ByteBuffer.allocate(8 + 13 + CHUNKS_IN_PACK * (4 + ChunkId.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(1).putInt(CHUNKS_IN_PACK).putInt(CHUNKS_IN_PACK).putInt(CHUNKS_IN_PACK).putInt(CHUNKS_IN_PACK).put((byte) 0);
        for (int i = 0; i < CHUNKS_IN_PACK; i++) {
            out.putInt(1);
        }
        for (int i = 0; i < CHUNKS_IN_PACK; i++) {
            randomId().put(out);
        }
        return PackTable.decode(PackId.random(PackKind.DATA, random), out.array(), true);
    }

    private ChunkId randomId() {
        return new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int hits() throws IOException {
        return requireFound(found(wanted), LOOKUPS);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int misses() throws IOException {
        return requireFound(found(unknown), 0);
    }

    private int found(ChunkId[] ids) throws IOException {
        int found = 0;
        for (var id : ids) {
            found += index.contains(PackKind.DATA, id) ? 1 : 0;
        }
        return found;
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int bareHits() throws RocksDBException {
        return requireFound(bareFound(wanted), LOOKUPS);
    }

    @Benchmark
    @OperationsPerInvocation(LOOKUPS)
    public int bareMisses() throws RocksDBException {
        return requireFound(bareFound(unknown), 0);
    }

    private int bareFound(ChunkId[] ids) throws RocksDBException {
        int found = 0;
        for (var id : ids) {
            found += bare.get(id.toBytes()) == null ? 0 : 1;
        }
        return found;
    }

    private static int requireFound(int found, int expected) {
        if (found != expected) {
            throw new IllegalStateException("%d of %d ids were found, not %d".formatted(found, LOOKUPS, expected));
        }
        return found;
    }

    @TearDown
    public void remove() throws Exception {
        bare.close();
        options.close();
        filter.close();
        repositories.remove(repository);
        repositories.close();
    }
}
