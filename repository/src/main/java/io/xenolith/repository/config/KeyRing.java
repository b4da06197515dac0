package io.xenolith.repository.config;

import io.xenolith.engine.crypto.Argon2Parameters;
import io.xenolith.engine.crypto.KeySlot;
import io.xenolith.engine.crypto.KeySlotException;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.engine.crypto.WrongPasswordException;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            } catch (KeySlotException e) {
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

    /// The slot that `password` opens.
    ///
    /// @throws PasswordRequiredException if it opens none
    Opened open(char[] password) throws IOException {
        var slots = slots();
        for (var slot : slots) {
            try {
                return new Opened(slot, slot.open(password));
            } catch (WrongPasswordException _) {
                // perhaps it opens the next one
            }
        }
        throw new PasswordRequiredException(slots.isEmpty()
                ? "%s has lost all its key slots (folder keys); without one nothing in it can be read"
                        .formatted(storage.describe())
                : "wrong password: it opens none of the %d key slots of %s".formatted(slots.size(), storage.describe()));
    }

    /// An open slot.
    record Opened(KeySlot slot, MasterKey key) {
    }
}
