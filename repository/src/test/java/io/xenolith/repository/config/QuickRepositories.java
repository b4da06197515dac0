package io.xenolith.repository.config;

import io.xenolith.engine.crypto.Argon2Parameters;
import io.xenolith.engine.crypto.KeySlot;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;

/// Makes encrypted repositories whose passwords are tried in no time.
public final class QuickRepositories {

    private static final Argon2Parameters QUICK = new Argon2Parameters(8, 1, 1);

    private QuickRepositories() {
    }

    /// As [RepositoryKeys#create] does.
    public static void create(Storage storage, Configuration wanted, char[] password, Instant now) throws IOException {
        var random = new SecureRandom();
        try (var key = MasterKey.random(random)) {
            var slot = KeySlot.create(key, password, QUICK, "first", now, random);
            storage.put("keys/" + slot.id() + ".copy", slot.encode());
            storage.put("keys/" + slot.id(), slot.encode());
            new Configurations(storage).write(wanted.proven(key));
        }
    }
}
