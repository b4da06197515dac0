package io.xenolith.repository;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.RepositoryKeys;
import io.xenolith.repository.damage.DamageRecords;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.IndexSegments;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.pack.PackReader;
import io.xenolith.repository.pack.PackStream;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.read.StoredChunks;
import io.xenolith.repository.report.KeptAccounts;
import io.xenolith.repository.setting.Settings;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.verify.VerificationLedger;
import io.xenolith.repository.write.BackupSession;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// An open repository, and the door to its parts. What it hands out is safe for use by several threads. The caller holds
/// the lock that its work needs.
public final class Repository implements Closeable {

    private final RepositoryPlace place;
    private final RepositoryKeys keys;
    private final RandomGenerator random;
    private final Consumer<String> warning;
    private final Protection protection;
    private final ChunkIdentity identity;
    private final ObjectStore objects;
    private final long packBytes;

    /// Opened when first asked for, since many commands need none. Guarded by `this`.
    private Optional<ChunkIndex> index = Optional.empty();
    private Optional<StoredChunks> chunks = Optional.empty();
    private boolean hasBackedUp;

    /// @param random  for names; must be cryptographically strong
    /// @param warning told of what is wrong but does not stop the work, as a sentence
    public Repository(RepositoryPlace place, RepositoryKeys keys, RandomGenerator random, Consumer<String> warning) {
        this(place, keys, random, warning, PackStream.PACK_BYTES);
    }

    /// With packs of another length, so that tests see many of them.
    Repository(RepositoryPlace place, RepositoryKeys keys, RandomGenerator random, Consumer<String> warning,
            long packBytes) {
        this.place = place;
        this.keys = keys;
        this.random = random;
        this.warning = warning;
        this.protection = keys.protection();
        this.identity = keys.identity();
        this.objects = new ObjectStore(place.storage(), protection);
        this.packBytes = packBytes;
    }

    public RepositoryPlace place() {
        return place;
    }

    public Storage storage() {
        return place.storage();
    }

    public Configuration configuration() {
        return keys.configuration();
    }

    public RepositoryKeys keys() {
        return keys;
    }

    public ChunkIdentity identity() {
        return identity;
    }

    public Protection protection() {
        return protection;
    }

    public RandomGenerator random() {
        return random;
    }

    /// The length at which a new pack is full.
    public long packBytes() {
        return packBytes;
    }

    public Catalog catalog() {
        return new Catalog(storage(), objects, identity);
    }

    public IndexSegments segments() {
        return new IndexSegments(storage(), objects, random);
    }

    public PackReader packs() {
        return new PackReader(storage(), protection);
    }

    public DamageRecords damage() {
        return new DamageRecords(storage(), objects, random, warning);
    }

    public VerificationLedger ledger() {
        return new VerificationLedger(storage(), objects, random);
    }

    public KeptAccounts keptAccounts() {
        return new KeptAccounts(storage(), objects);
    }

    public Settings settings() {
        return new Settings(storage(), objects, identity, random, warning);
    }

    /// The index, brought up to date when it is first asked for.
    public synchronized ChunkIndex index() throws IOException {
        if (index.isEmpty()) {
            var sources = new ChunkIndex.Sources(storage(), segments(), packs(), damage(), warning);
            index = Optional.of(ChunkIndex.open(sources, place.index()));
        }
        return index.get();
    }

    /// What is stored.
    public synchronized StoredChunks chunks() throws IOException {
        if (chunks.isEmpty()) {
            chunks = Optional.of(new StoredChunks(index(), packs(), identity));
        }
        return chunks.get();
    }

    /// Begins a run of backups. The caller closes it before the repository.
    public synchronized BackupSession beginBackup() throws IOException {
        if (hasBackedUp) {
            index().refresh(); // what sessions before this one stored is not to be stored again
        }
        hasBackedUp = true;
        return new BackupSession(new BackupSession.Parts(storage(), protection, identity, configuration().chunking(),
                configuration().compression(), index(), segments(), random, packBytes), chunks());
    }

    @Override
    public synchronized void close() throws IOException {
        try (var _ = keys) {
            if (index.isPresent()) {
                index.get().close();
            }
        }
    }
}
