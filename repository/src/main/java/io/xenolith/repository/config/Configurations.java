package io.xenolith.repository.config;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.util.List;

/// Where the configuration lies: twice, in `config` and `config.copy`, since nothing can be read without it. Never
/// encrypted, as it tells how to decrypt.
public final class Configurations {

    private static final List<String> NAMES = List.of("config", "config.copy");
    private static final int MAX_BYTES = 64 << 10;

    private final Storage storage;
    private final ObjectStore objects;

    public Configurations(Storage storage) {
        this.storage = storage;
        this.objects = new ObjectStore(storage, Protection.checksums());
    }

    /// Whether anything of a repository is there.
    public boolean exist() throws IOException {
        for (var name : NAMES) {
            if (storage.exists(name)) {
                return true;
            }
        }
        return false;
    }

    /// @throws RepositoryExistsException if there is one already
    /// @throws CorruptObjectException if there was one, which has lost its configuration
    void requireNone() throws IOException {
        if (exist()) {
            throw new RepositoryExistsException(storage.describe());
        }
        for (var folder : List.of("packs/", "points/")) {
            if (!storage.list(folder).isEmpty()) {
                throw new CorruptObjectException("config",
                        "it is gone, but %s of a repository are there".formatted(folder));
            }
        }
    }

    /// Writes a new repository's configuration. The repository is there, as a whole, as soon as the first of both is.
    void write(Configuration configuration) throws IOException {
        for (var name : NAMES) {
            objects.write(name, ObjectKind.CONFIGURATION, configuration.encode());
        }
    }

    /// Reads the configuration, from the copy if need be.
    ///
    /// @throws NoRepositoryException if there is none
    public Configuration read() throws IOException {
        IOException failure = null;
        for (var name : NAMES) {
            try {
                if (storage.exists(name)) {
                    return Configuration.decode(name, objects.read(name, ObjectKind.CONFIGURATION, MAX_BYTES));
                }
            } catch (CorruptObjectException e) {
                failure = e;
            }
        }
        throw failure == null ? new NoRepositoryException(storage.describe()) : failure;
    }
}
