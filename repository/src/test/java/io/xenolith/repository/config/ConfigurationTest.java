package io.xenolith.repository.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.RepositoryException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.MemoryStorage;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The configuration, its two copies, and what somebody without the key can do to them.
@ExtendWith(SeedExtension.class)
class ConfigurationTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String HOSTILE = " \"{}[]:,.0123456789-nulltrue\0";
    private static final char[] PASSWORD = "correct horse".toCharArray();

    private final MemoryStorage storage = new MemoryStorage();

    private static Configuration configuration(boolean encrypted) {
        return new Configuration("00112233445566778899aabbccddeeff", NOON, "test", new Chunking(16 << 10),
                Compression.DEFAULT, encrypted, Optional.empty());
    }

    private RepositoryKeys open() throws IOException {
        return RepositoryKeys.open(storage, () -> Optional.of(PASSWORD.clone()));
    }

    @Test
    void itIsReadAsItWasWritten() throws IOException {
        for (var wanted : List.of(configuration(true), configuration(false))) {
            assertEquals(wanted, Configuration.decode("config", wanted.encode()));
        }
    }

    @Test
    void jsonThatWasWrittenWrongIsRejected(Seed seed) {
        var random = seed.random();
        var good = configuration(true).encode();
        for (int length = 0; length < good.length; length++) {
            var cut = Arrays.copyOf(good, length);
            assertThrows(CorruptObjectException.class, () -> Configuration.decode("config", cut));
        }
        for (int i = 0; i < 5000; i++) {
            var bytes = good.clone();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) HOSTILE.charAt(random.nextInt(HOSTILE.length()));
            }
            readOrReject(bytes);
        }
        for (var text : List.of("", "null", "[]", "1", "{}", "{\"version\":null}", "{\"version\":\"1\"}",
                "{\"version\":1}", "{\"version\":0}", new String(good, UTF_8).replace("16384", "1e9"),
                new String(good, UTF_8).replace("16384", "17"), new String(good, UTF_8).replace("16384", "-16384"),
                new String(good, UTF_8).replace("zstd", "lzma"), new String(good, UTF_8).replace("true", "\"true\""))) {
            assertThrows(CorruptObjectException.class, () -> Configuration.decode("config", text.getBytes(UTF_8)), text);
        }
        assertThrows(NewerFormatException.class, () -> Configuration.decode("config", "{\"version\":2}".getBytes(UTF_8)));
    }

    private static void readOrReject(byte[] json) {
        try {
            Configuration.decode("config", json);
        } catch (RepositoryException e) {
            assertTrue(e instanceof CorruptObjectException || e instanceof NewerFormatException, e.toString());
        }
    }

    @Test
    void eitherCopyIsEnough() throws IOException {
        QuickRepositories.create(storage, configuration(true), PASSWORD, NOON);
        for (var name : List.of("config", "config.copy")) {
            var whole = storage.readAll(name, 1 << 16);
            for (int length = 0; length < whole.length; length++) {
                storage.damage(name, Arrays.copyOf(whole, length));
                assertEquals(16 << 10, new Configurations(storage).read().chunking().meanBytes());
            }
            storage.damage(name, new byte[1 << 20]);
            open().close();
            storage.damage(name, whole);
        }
    }

    @Test
    void eitherCopyOfAKeySlotIsEnough() throws IOException {
        QuickRepositories.create(storage, configuration(true), PASSWORD, NOON);
        for (var object : storage.list("keys/")) {
            var whole = storage.readAll(object.name(), 1 << 16);
            for (var damaged : List.of(new byte[0], new byte[1 << 20], Arrays.copyOf(whole, whole.length - 1))) {
                storage.damage(object.name(), damaged);
                open().close();
            }
            storage.damage(object.name(), whole);
        }
    }

    @Test
    void aSlotWithAnotherKeyForTheSamePasswordIsPassedOver() throws IOException {
        // given what two creations at once may leave: the slots of both, the configuration of one
        for (int i = 0; i < 3; i++) {
            var loser = new MemoryStorage();
            QuickRepositories.create(loser, configuration(true), PASSWORD, NOON);
            for (var object : loser.list("keys/")) {
                storage.put(object.name(), loser.readAll(object.name(), 1 << 16));
            }
        }
        QuickRepositories.create(storage, configuration(true), PASSWORD, NOON);
        open().close();
    }

    @Test
    void aRepositoryCannotBeMadePlainBehindItsOwnersBack() throws IOException {
        QuickRepositories.create(storage, configuration(true), PASSWORD, NOON);
        replaceConfiguration(configuration(false));
        assertThrows(CorruptObjectException.class, this::open);
    }

    @Test
    void parametersCannotBeChangedWithoutTheKey() throws IOException {
        QuickRepositories.create(storage, configuration(true), PASSWORD, NOON);
        var own = new Configurations(storage).read();
        replaceConfiguration(new Configuration(own.id(), own.created(), own.program(), new Chunking(1 << 20),
                own.compression(), true, own.proof()));
        assertThrows(CorruptObjectException.class, this::open);
    }

    private void replaceConfiguration(Configuration forged) throws IOException {
        for (var name : List.of("config", "config.copy")) {
            storage.delete(name);
            new ObjectStore(storage, Protection.checksums()).write(name, ObjectKind.CONFIGURATION, forged.encode());
        }
    }
}
