package io.xenolith.repository.index;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackReader;
import io.xenolith.repository.pack.PackTable;
import io.xenolith.repository.storage.FileMutex;
import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.RocksDBException;

/// Tells where chunks are. Opening brings the database up to date with the packs that are there. Safe for use by several
/// threads.
public final class ChunkIndex implements Closeable {

    private static final int CACHED_TABLES = 128;

    private final Sources sources;
    private final Path folder;
    private final boolean temporary;

    /// Guards the fields below: readers hold the read lock, [#refresh()] the write lock.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private IndexDatabase database;
    private Map<Integer, PackEntry> live = Map.of();
    private Map<Integer, BitSet> damaged = Map.of();

    /// Guarded by itself.
    private final Map<Integer, PackTable> tables = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, PackTable> eldest) {
            return size() > CACHED_TABLES;
        }
    };

    /// What the index is made from.
    ///
    /// @param damage  what is known to be damaged: ordinals by pack
    /// @param warning told of tables that cannot be read, as a sentence
    public record Sources(Storage storage, IndexSegments segments, PackReader packs, DamageSource damage,
            Consumer<String> warning) {
    }

    /// Where records of damage come from.
    public interface DamageSource {
        /// The ordinals of damaged chunks by pack.
        Map<PackId, BitSet> damaged() throws IOException;
    }

    /// Loads the native libraries that indexes need, for a caller who waits for something else anyway.
    public static void prepare() {
        IndexDatabase.prepare();
    }

    private ChunkIndex(Sources sources, Path folder, boolean temporary) {
        this.sources = sources;
        this.folder = folder;
        this.temporary = temporary;
    }

    /// Opens the index whose database lies in `folder`, creates it if it is not there, and brings it up to date. Where
    /// that cannot be written, the database is made in a temporary folder.
    ///
    /// @throws IOException if packs cannot be listed or read
    public static ChunkIndex open(Sources sources, Path folder) throws IOException {
        try {
            return opened(new ChunkIndex(sources, folder, false));
        } catch (IndexUnwritableException e) {
            sources.warning.accept("%s; using a temporary index".formatted(e.getMessage()));
            return opened(new ChunkIndex(sources, Files.createTempDirectory("xenolith-index").resolve("rocksdb"), true));
        }
    }

    private static ChunkIndex opened(ChunkIndex index) throws IOException {
        try {
            index.refresh();
            return index;
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    /// The database is not up to date and cannot be made so where it is.
    private static final class IndexUnwritableException extends IOException {
        IndexUnwritableException(String message, Exception cause) {
            super(message, cause);
        }
    }

    /// Brings the index up to date with the packs that are there now.
    public void refresh() throws IOException {
        var packs = listPacks();
        var damage = sources.damage.damaged();
        lock.writeLock().lock();
        try {
            var current = openCurrent(packs);
            closeDatabase();
            database = current;
            live = new HashMap<>();
            damaged = new HashMap<>();
            for (var entry : current.packs().values()) {
                if (isSame(entry, packs)) {
                    live.put(entry.number(), entry);
                }
                if (damage.containsKey(entry.id())) {
                    damaged.put(entry.number(), damage.get(entry.id()));
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Map<PackId, Long> listPacks() throws IOException {
        var packs = new HashMap<PackId, Long>();
        for (var object : sources.storage.list("packs/")) {
            PackId.ofName(object.name()).ifPresent(id -> packs.put(id, object.size()));
        }
        return packs;
    }

    private static boolean isSame(PackEntry entry, Map<PackId, Long> packs) {
        return packs.getOrDefault(entry.id(), -1L) == entry.length();
    }

    private IndexDatabase openCurrent(Map<PackId, Long> packs) throws IOException {
        var asItIs = openAsItIs(packs);
        if (asItIs.isPresent()) {
            return asItIs.get();
        }
        try {
            Files.createDirectories(folder.getParent());
            try (var _ = enter(folder)) {
                updateOrRemake(packs);
                return IndexDatabase.openReadOnly(folder);
            }
        } catch (RocksDBException e) {
            throw unwritable(e);
        } catch (FileSystemException e) {
            throw unwritable(e);
        }
    }

    private IOException unwritable(Exception cause) {
        var message = "the index in %s cannot be brought up to date (%s)".formatted(folder, cause.getMessage());
        return temporary ? new IOException(message, cause) : new IndexUnwritableException(message, cause);
    }

    /// The database as it is, if it knows all packs.
    private Optional<IndexDatabase> openAsItIs(Map<PackId, Long> packs) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        IndexDatabase opened;
        try {
            opened = openUndisturbed();
        } catch (RocksDBException _) {
            return Optional.empty(); // damaged or of another version: the update makes it anew
        }
        if (opened.packs().keySet().containsAll(packs.keySet())) {
            return Optional.of(opened);
        }
        opened.close();
        return Optional.empty();
    }

    private IndexDatabase openUndisturbed() throws RocksDBException, IOException {
        try (var _ = enter(folder)) {
            return IndexDatabase.openReadOnly(folder);
        } catch (FileSystemException _) {
            return IndexDatabase.openReadOnly(folder); // on a read-only disk nobody can disturb
        }
    }

    /// A database that turns out to be damaged is made anew: it can be lost, and this one is.
    private void updateOrRemake(Map<PackId, Long> packs) throws IOException, RocksDBException {
        try {
            update(packs);
        } catch (RocksDBException e) {
            if (!Files.isWritable(folder.getParent()) || String.valueOf(e.getMessage()).contains("No space")) {
                throw e;
            }
            deleteFolder(folder);
            update(packs);
        }
    }

    private void update(Map<PackId, Long> packs) throws IOException, RocksDBException {
        try (var writable = IndexDatabase.openForWriting(folder)) {
            for (var entry : List.copyOf(writable.packs().values())) {
                if (!packs.containsKey(entry.id())) {
                    writable.remove(entry);
                }
            }
            var unknown = new HashMap<>(packs);
            unknown.keySet().removeAll(writable.packs().keySet());
            addFromSegments(writable, unknown);
            addFromPacks(writable, unknown);
            writable.flush();
            writable.settle();
        }
    }

    /// Takes in the packs of which a new segment tells, and takes them out of `unknown`.
    private void addFromSegments(IndexDatabase writable, Map<PackId, Long> unknown) throws IOException, RocksDBException {
        for (var name : sources.segments.list()) {
            if (unknown.isEmpty()) {
                return;
            }
            if (writable.hasTakenIn(name)) {
                continue;
            }
            try {
                for (var table : sources.segments.read(name)) {
                    var length = unknown.remove(table.pack());
                    if (length != null) {
                        writable.add(table, length);
                    }
                }
                writable.takenIn(name);
            } catch (CorruptObjectException | ObjectMissingException e) {
                sources.warning.accept(e.getMessage());
            }
        }
    }

    private void addFromPacks(IndexDatabase writable, Map<PackId, Long> unknown) throws IOException, RocksDBException {
        for (var pack : unknown.entrySet()) {
            try {
                writable.add(sources.packs.readTable(pack.getKey(), pack.getValue()), pack.getValue());
            } catch (CorruptObjectException | ObjectMissingException e) {
                sources.warning.accept(e.getMessage());
            }
        }
    }

    /// Whether the chunk or node is stored, and not known to be damaged.
    public boolean contains(PackKind kind, ChunkId id) throws IOException {
        return !locate(kind, id).isEmpty();
    }

    /// Where the chunk or node is: all places that are there and not known to be damaged.
    public List<Location> locate(PackKind kind, ChunkId id) throws IOException {
        lock.readLock().lock();
        try {
            return usable(database.locate(kind, id));
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Where the chunks or nodes are, in the order of `ids`: for each what [#locate(PackKind, ChunkId)] says. Takes less time
    /// than asking one by one.
    public List<List<Location>> locate(PackKind kind, List<ChunkId> ids) throws IOException {
        lock.readLock().lock();
        try {
            return database.locate(kind, ids).stream().map(this::usable).toList();
        } finally {
            lock.readLock().unlock();
        }
    }

    private List<Location> usable(List<Location> places) {
        for (var place : places) {
            if (!isUsable(place)) {
                return places.stream().filter(this::isUsable).toList();
            }
        }
        return places;
    }

    private boolean isUsable(Location place) {
        var bad = damaged.get(place.pack());
        return live.containsKey(place.pack()) && (bad == null || !bad.get(place.ordinal()));
    }

    /// The packs that are there and whole, as far as their length tells.
    public Collection<PackEntry> packs() {
        lock.readLock().lock();
        try {
            return List.copyOf(live.values());
        } finally {
            lock.readLock().unlock();
        }
    }

    /// The table, without ids, of the pack with number `number`, one of [#packs()].
    public PackTable table(int number) throws IOException {
        PackTable table;
        lock.readLock().lock();
        try {
            var pack = live.get(number);
            if (pack == null) {
                throw new ObjectMissingException("pack number " + number, sources.storage.describe());
            }
            var cached = cached(number);
            if (cached.isPresent() && cached.get().pack().equals(pack.id())) { // an index made anew numbers packs anew
                return cached.get();
            }
            table = database.table(pack);
        } finally {
            lock.readLock().unlock();
        }
        synchronized (tables) {
            tables.put(number, table);
        }
        return table;
    }

    private Optional<PackTable> cached(int number) {
        synchronized (tables) {
            return Optional.ofNullable(tables.get(number));
        }
    }

    /// Keeps the opening of a database apart from its updates, among threads and processes. Held for moments.
    private static FileMutex enter(Path folder) throws IOException {
        return FileMutex.enter(folder.resolveSibling(folder.getFileName() + ".lock"));
    }

    /// Deletes the database, so that the next opening makes it anew.
    public static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var _ = enter(folder)) {
                deleteFolder(folder);
            }
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        var paths = new ArrayList<Path>();
        try (var walk = Files.walk(folder)) {
            walk.sorted(Comparator.reverseOrder()).forEach(paths::add);
        }
        for (var path : paths) {
            Files.deleteIfExists(path);
        }
    }

    private void closeDatabase() {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    @Override
    public void close() throws IOException {
        lock.writeLock().lock();
        try {
            closeDatabase();
        } finally {
            lock.writeLock().unlock();
        }
        if (temporary && Files.isDirectory(folder.getParent())) {
            deleteFolder(folder.getParent());
        }
    }
}
