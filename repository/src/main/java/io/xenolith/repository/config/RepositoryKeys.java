package io.xenolith.repository.config;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.crypto.KeySlot;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// An unlocked repository: its configuration and, if it is encrypted, its master key.
public final class RepositoryKeys implements Closeable {

    private final Storage storage;
    private final Configuration configuration;
    private final Optional<KeyRing.Opened> opened;

    private RepositoryKeys(Storage storage, Configuration configuration, Optional<KeyRing.Opened> opened) {
        this.storage = storage;
        this.configuration = configuration;
        this.opened = opened;
    }

    /// Where a password comes from, when one is needed. The caller wipes what it gets.
    public interface PasswordSource {
        /// The password, or nothing if there is none to be had.
        Optional<char[]> password() throws IOException;
    }

    /// Makes a new repository. It is there as a whole as soon as there is a configuration; what an attempt left that did not
    /// get so far is cleared away.
    ///
    /// @param wanted   its parameters, without a proof
    /// @param password its first password, if it is to be encrypted
    /// @throws RepositoryExistsException if there is one already
    public static RepositoryKeys create(Storage storage, Configuration wanted, Optional<char[]> password, Instant now,
            SecureRandom random) throws IOException {
        var configurations = new Configurations(storage);
        configurations.requireNone();
        new KeyRing(storage).clear();
        if (!wanted.encrypted()) {
            configurations.write(wanted);
            return new RepositoryKeys(storage, wanted, Optional.empty());
        }
        var key = MasterKey.random(random);
        var slot = new KeyRing(storage).add(key, password.orElseThrow(), "first", now, random);
        var proven = wanted.proven(key);
        configurations.write(proven);
        return new RepositoryKeys(storage, proven, Optional.of(new KeyRing.Opened(slot, key)));
    }

    /// Unlocks the repository in `storage`.
    ///
    /// @throws NoRepositoryException if there is none
    /// @throws PasswordRequiredException if it is encrypted and the right password was not given
    public static RepositoryKeys open(Storage storage, PasswordSource passwords) throws IOException {
        var configuration = new Configurations(storage).read();
        if (!configuration.encrypted()) {
            if (!new KeyRing(storage).isEmpty()) { // else the next backup would be stored for everybody to read
                throw new CorruptObjectException("config", "it says that nothing is encrypted, but there are key slots");
            }
            return new RepositoryKeys(storage, configuration, Optional.empty());
        }
        var password = passwords.password().orElseThrow(() -> new PasswordRequiredException(
                "%s is encrypted; give its password by --password-file, XENOLITH_PASSWORD_FILE or XENOLITH_PASSWORD"
                        .formatted(storage.describe())));
        try {
            var opened = new KeyRing(storage).open(password,
                    key -> configuration.proof().equals(Optional.of(configuration.proof(key))));
            return new RepositoryKeys(storage, configuration, Optional.of(opened));
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    public Configuration configuration() {
        return configuration;
    }

    public Protection protection() {
        return opened.map(slot -> Protection.encryption(slot.key())).orElseGet(Protection::checksums);
    }

    public ChunkIdentity identity() {
        return opened.map(slot -> ChunkIdentity.keyed(slot.key().derive("xenolith chunk id", "")))
                .orElseGet(ChunkIdentity::plain);
    }

    /// The slots of an encrypted repository.
    public List<KeySlot> slots() throws IOException {
        return new KeyRing(storage).slots();
    }

    /// The slot that the given password opened.
    ///
    /// @throws NotEncryptedException if the repository is not encrypted
    public KeySlot ownSlot() throws NotEncryptedException {
        return opened().slot();
    }

    /// Adds a slot for another password, which the caller wipes.
    ///
    /// @throws NotEncryptedException if the repository is not encrypted
    public KeySlot addSlot(char[] password, String label, Instant now, SecureRandom random) throws IOException {
        return new KeyRing(storage).add(opened().key(), password, label, now, random);
    }

    /// Removes a slot.
    ///
    /// @throws LastKeySlotException if it is the last one
    public void removeSlot(KeySlot slot) throws IOException {
        opened();
        if (slots().stream().allMatch(slot::equals)) {
            throw new LastKeySlotException(slot.id());
        }
        new KeyRing(storage).remove(slot);
    }

    private KeyRing.Opened opened() throws NotEncryptedException {
        return opened.orElseThrow(() -> new NotEncryptedException(storage.describe()));
    }

    /// Wipes the key.
    @Override
    public void close() {
        opened.ifPresent(slot -> slot.key().close());
    }
}
