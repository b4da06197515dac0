package io.xenolith.repository.config;

import io.xenolith.engine.crypto.Argon2Parameters;
import io.xenolith.engine.crypto.KeySlot;
import io.xenolith.engine.crypto.KeySlotException;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.engine.crypto.WrongPasswordException;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.storage.ObjectTooLargeException;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The key slots of a repository: the master key, wrapped once for each password. A slot lies twice, as `keys/ID` and
/// `keys/ID.copy`, since the whole repository may hang on it.
public final class KeyRing {

    private static final String FOLDER = "keys/";
    private static final String COPY = ".copy";
    private static final int MAX_BYTES = 4 << 10;

    private final Storage storage;

    public KeyRing(Storage storage) {
        this.storage = storage;
    }

    /// The slots that can be read.
    ///
    /// @throws CorruptObjectException if there are slots and all are damaged
    public List<KeySlot> slots() throws IOException {
        var slots = new ArrayList<KeySlot>();
        Optional<CorruptObjectException> damage = Optional.empty();
        for (var object : storage.list(FOLDER)) {
            try {
                var slot = KeySlot.decode(storage.readAll(object.name(), MAX_BYTES));
                if (slots.stream().noneMatch(slot::equals)) {
                    slots.add(slot);
                }
            } catch (KeySlotException | ObjectTooLargeException e) {
                damage = Optional.of(new CorruptObjectException(object.name(), e.getMessage()));
            }
        }
        if (slots.isEmpty() && damage.isPresent()) {
            throw damage.get();
        }
        return slots;
    }

    /// Adds a slot for `password`, which the caller wipes.
    KeySlot add(MasterKey key, char[] password, String label, Instant now, SecureRandom random) throws IOException {
        var slot = KeySlot.create(key, password, Argon2Parameters.DEFAULT, label, now, random);
        storage.put(FOLDER + slot.id() + COPY, slot.encode());
        storage.put(FOLDER + slot.id(), slot.encode());
        return slot;
    }

    /// Removes a slot. The caller makes sure that it is not the last one.
    void remove(KeySlot slot) throws IOException {
        storage.delete(FOLDER + slot.id());
        storage.delete(FOLDER + slot.id() + COPY);
    }

    /// Deletes what slots there are.
    void clear() throws IOException {
        for (var object : storage.list(FOLDER)) {
            storage.delete(object.name());
        }
    }

    boolean isEmpty() throws IOException {
        return storage.list(FOLDER).isEmpty();
    }

    /// The slot that `password` opens.
    ///
    /// @param proven whether a key is the repository's; two creations at once may have left a slot with another
    /// @throws PasswordRequiredException if it opens none
    /// @throws CorruptObjectException if it opens slots, but none with the repository's key
    Opened open(char[] password, Predicate<MasterKey> proven) throws IOException {
        var slots = slots();
        boolean opens = false;
        for (var slot : slots) {
            try {
                var key = slot.open(password);
                if (proven.test(key)) {
                    return new Opened(slot, key);
                }
                key.close();
                opens = true;
            } catch (WrongPasswordException _) {
                // perhaps it opens the next one
            }
        }
        if (opens) {
            throw new CorruptObjectException("config", "somebody without the key has changed it");
        }
        throw new PasswordRequiredException(slots.isEmpty()
                ? "%s has lost all its key slots (folder keys); without one nothing in it can be read"
                        .formatted(storage.describe())
                : "wrong password: it opens no key slot of %s".formatted(storage.describe()));
    }

    /// An open slot.
    record Opened(KeySlot slot, MasterKey key) {
    }
}
