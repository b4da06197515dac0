package io.xenolith.repository.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackTable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.StringAppendOperator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The RocksDB behind the index. Safe for use by several threads; writing is for one.
///
/// Nothing of it grows in memory with the number of chunks:
///
/// - Filters and indexes of tables are cut into partitions, which come and go in the cache one by one. In one piece, the
///   filter of a full table is longer than what the cache takes at a time, and each look-up reads it again: from 1 to 4 million
///   chunks on, an index that was made so grew by 6,000 chunks a second.
/// - Places are appended to what is known of a chunk, without looking that up. RocksDB puts them together when it reads or
///   compacts. Places in packs that are gone stay behind and are ignored: numbers of packs are never used again.
///
/// | column family | key                           | value                                            |
/// |---------------|-------------------------------|--------------------------------------------------|
/// | `default`     | id of a chunk                 | its places: [Location]s                          |
/// | `nodes`       | id of a map node              | its places: [Location]s                          |
/// | `packs`       | number of a pack, 4 bytes, BE | [PackEntry]                                      |
/// | `tables`      | number of a pack, 4 bytes, BE | [PackTable] without ids                          |
/// | `meta`        | `version`, `next`             | [#VERSION]; the number that the next pack gets   |
/// | `meta`        | `segment ` and a name         | nothing: the index segment was taken in          |
final class IndexDatabase implements Closeable {

    /// RocksDB brings a zstd of its own, without threads. The one that chunks are compressed with looks its functions up by
    /// name in all libraries of the process, in an order that differs from process to process, when its binding is
    /// initialised; so that has to happen while it is alone. Loading its library alone is not enough.
    static {
        Zstd.maxCompressionLevel(); // initialises the binding
        RocksDB.loadLibrary();
    }

    private static final byte VERSION = 2;
    private static final byte[] VERSION_KEY = "version".getBytes(UTF_8);
    private static final byte[] NEXT_KEY = "next".getBytes(UTF_8);
    private static final List<String> FAMILIES = List.of("default", "nodes", "packs", "tables", "meta");
    private static final long CACHE_BYTES = 32L << 20;
    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final int PARTITION_BYTES = 4 << 10;
    private static final int UNSORTED_FILES = 4; // so many make RocksDB sort them in
    private static final int SETTLE_MILLIS = 20;

    private final List<AutoCloseable> resources = new ArrayList<>();
    private final RocksDB db;
    private final ColumnFamilyHandle chunks;
    private final ColumnFamilyHandle nodes;
    private final ColumnFamilyHandle packs;
    private final ColumnFamilyHandle tables;
    private final ColumnFamilyHandle meta;
    private final Map<PackId, PackEntry> known = new HashMap<>();

    /// Has the libraries loaded, which happens above.
    static void prepare() {
    }

    private IndexDatabase(Path folder, boolean writable) throws RocksDBException {
        try {
            var handles = new ArrayList<ColumnFamilyHandle>();
            db = keep(open(folder, writable, handles));
            handles.forEach(this::keep);
            chunks = handles.get(0);
            nodes = handles.get(1);
            packs = handles.get(2);
            tables = handles.get(3);
            meta = handles.get(4);
            checkVersion(writable);
            loadPacks();
        } catch (RocksDBException e) {
            close();
            throw e;
        } catch (RuntimeException e) { // what is there was not written by this class
            close();
            throw new RocksDBException("the index holds what no version writes: " + e);
        }
    }

    /// Opens the database as it is now; later changes do not show.
    ///
    /// @throws RocksDBException if there is none, or it is damaged or of another version
    static IndexDatabase openReadOnly(Path folder) throws RocksDBException {
        return new IndexDatabase(folder, false);
    }

    /// Opens or creates the database for writing. Only one process may.
    static IndexDatabase openForWriting(Path folder) throws RocksDBException {
        return new IndexDatabase(folder, true);
    }

    private RocksDB open(Path folder, boolean writable, List<ColumnFamilyHandle> handles) throws RocksDBException {
        var cache = keep(new LRUCache(CACHE_BYTES));
        var families = FAMILIES.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(UTF_8), familyOptions(name, cache))).toList();
        var options = keep(new DBOptions()).setCreateIfMissing(writable).setCreateMissingColumnFamilies(writable)
                .setMaxOpenFiles(-1) // all files open from the start: who reads is not disturbed by who writes
                .setInfoLogLevel(InfoLogLevel.FATAL_LEVEL).setKeepLogFileNum(1)
                .setDbWriteBufferSize(3 * WRITE_BUFFER_BYTES);
        return writable ? RocksDB.open(options, folder.toString(), families, handles)
                : RocksDB.openReadOnly(options, folder.toString(), families, handles);
    }

    private ColumnFamilyOptions familyOptions(String name, Cache cache) {
        boolean byId = name.equals("default") || name.equals("nodes");
        var table = new BlockBasedTableConfig().setBlockCache(cache).setCacheIndexAndFilterBlocks(true).setFormatVersion(5);
        var family = keep(new ColumnFamilyOptions()).setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setLevel0FileNumCompactionTrigger(UNSORTED_FILES);
        if (byId) {
            table.setFilterPolicy(keep(new BloomFilter(10))).setPartitionFilters(true)
                    .setIndexType(IndexType.kTwoLevelIndexSearch).setMetadataBlockSize(PARTITION_BYTES)
                    .setPinTopLevelIndexAndFilter(true);
            family.setMergeOperator(keep(new StringAppendOperator("")));
        }
        return family.setTableFormatConfig(table)
                .setCompressionType(byId ? CompressionType.NO_COMPRESSION : CompressionType.LZ4_COMPRESSION);
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.add(resource);
        return resource;
    }

    private void checkVersion(boolean writable) throws RocksDBException {
        var version = db.get(meta, VERSION_KEY);
        if (version == null && writable) {
            try (var batch = new WriteBatch()) {
                batch.put(meta, VERSION_KEY, new byte[] {VERSION});
                batch.put(meta, NEXT_KEY, number(0));
                write(batch);
            }
        } else if (version == null || version.length != 1 || version[0] != VERSION) {
            throw new RocksDBException("the index is of another version");
        }
    }

    private void loadPacks() throws RocksDBException {
        try (var all = db.newIterator(packs)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                var entry = PackEntry.decode(all.key(), all.value());
                known.put(entry.id(), entry);
            }
            all.status(); // a damaged block ends the iteration like the end of the table does
        }
    }

    /// The packs that the database knows. Not to be changed.
    Map<PackId, PackEntry> packs() {
        return known;
    }

    /// Where the chunk or node is, going by what the database knows; nowhere, if it is new.
    List<Location> locate(PackKind kind, ChunkId id) throws IOException {
        try {
            var value = db.get(kind == PackKind.DATA ? chunks : nodes, id.toBytes());
            return value == null ? List.of() : Location.decode(value);
        } catch (RocksDBException e) {
            throw new IndexException(e);
        }
    }

    /// Where the chunks or nodes are, in the order of `ids`: what [#locate(PackKind, ChunkId)] says of each.
    List<List<Location>> locate(PackKind kind, List<ChunkId> ids) throws IOException {
        var family = kind == PackKind.DATA ? chunks : nodes;
        var places = new ArrayList<List<Location>>(ids.size());
        if (ids.isEmpty()) {
            return places; // RocksDB wants a key
        }
        try {
            var values = db.multiGetAsList(Collections.nCopies(ids.size(), family), ids.stream().map(ChunkId::toBytes).toList());
            for (int i = 0; i < ids.size(); i++) {
                var value = values.get(i); // null also where it could not be read, so the other way has to say so, too
                places.add(value == null ? locate(kind, ids.get(i)) : Location.decode(value));
            }
            return places;
        } catch (RocksDBException e) {
            throw new IndexException(e);
        }
    }

    /// The table, without ids, of a pack that the database knows.
    PackTable table(PackEntry pack) throws IOException {
        try {
            var value = db.get(tables, number(pack.number()));
            if (value == null) {
                throw new CorruptObjectException(pack.id().name(), "the index has lost its table; run 'xenolith repair index'");
            }
            return PackTable.decode(pack.id(), value, false);
        } catch (RocksDBException e) {
            throw new IndexException(e);
        }
    }

    /// Takes in a pack.
    ///
    /// @param table with ids
    void add(PackTable table, long packLength) throws RocksDBException {
        int number = ByteBuffer.wrap(db.get(meta, NEXT_KEY)).getInt();
        var entry = new PackEntry(number, table.pack(), packLength, table.chunks(), table.rawBytes());
        var family = table.pack().kind() == PackKind.DATA ? chunks : nodes;
        try (var batch = new WriteBatch()) {
            for (int ordinal = 0; ordinal < table.chunks(); ordinal++) {
                batch.merge(family, table.id(ordinal).toBytes(), new Location(number, ordinal).encode());
            }
            batch.put(packs, number(number), entry.encode());
            batch.put(tables, number(number), table.encode(false));
            batch.put(meta, NEXT_KEY, number(number + 1));
            write(batch);
        }
        known.put(entry.id(), entry);
    }

    /// Forgets a pack that is gone. Places in it stay behind and are ignored from now on.
    void remove(PackEntry pack) throws RocksDBException {
        try (var batch = new WriteBatch()) {
            batch.delete(packs, number(pack.number()));
            batch.delete(tables, number(pack.number()));
            write(batch);
        }
        known.remove(pack.id());
    }

    /// Whether a segment was taken in before. Packs of it that are unknown all the same were gone then.
    boolean hasTakenIn(String segment) throws RocksDBException {
        return db.get(meta, segmentKey(segment)) != null;
    }

    /// Remembers that a segment was taken in, so that finding out about the newest packs does not mean to read about all.
    void takenIn(String segment) throws RocksDBException {
        try (var batch = new WriteBatch()) {
            batch.put(meta, segmentKey(segment), new byte[0]);
            write(batch);
        }
    }

    private static byte[] segmentKey(String segment) {
        return ("segment " + segment).getBytes(UTF_8);
    }

    /// Makes what was written durable.
    void flush() throws RocksDBException {
        try (var options = new FlushOptions().setWaitForFlush(true)) {
            db.flush(options, List.of(chunks, nodes, packs, tables, meta));
        }
    }

    /// Waits until few files are left that any id may be in. RocksDB sorts them into deeper levels in the background, but only
    /// while the database is open for writing; what it has not done by then costs every look-up of the readers one filter
    /// more for each of these files, of which a large update leaves dozens.
    void settle() throws RocksDBException {
        try {
            while (isSorting(chunks) || isSorting(nodes)) {
                Thread.sleep(SETTLE_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // what is left costs time, nothing else
        }
    }

    /// Whether it is worth waiting: RocksDB gives up for good where it cannot write, as on a full disk.
    private boolean isSorting(ColumnFamilyHandle family) throws RocksDBException {
        boolean atWork = property(family, "compaction-pending") > 0 || property(family, "num-running-compactions") > 0;
        return atWork && property(family, "num-files-at-level0") >= UNSORTED_FILES && property(family, "background-errors") == 0;
    }

    private long property(ColumnFamilyHandle family, String name) throws RocksDBException {
        return Long.parseLong(db.getProperty(family, "rocksdb." + name));
    }

    /// Without a log: what a crash loses is read from the segments again. Flushing all families at once keeps them in step.
    private void write(WriteBatch batch) throws RocksDBException {
        try (var options = new WriteOptions().setDisableWAL(true)) {
            db.write(options, batch);
        }
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    @Override
    public void close() {
        for (var resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        resources.clear();
    }
}
