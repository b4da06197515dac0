package io.xenolith.repository.setting;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.CrashException;
import io.xenolith.repository.storage.FaultyStorage;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final int LIMIT = 1 << 20;

    private final MemoryStorage storage = new MemoryStorage();
    private final List<String> warnings = new ArrayList<>();
    private final byte[] key = new byte[MasterKey.BYTES];

    private Settings settings(Storage where, boolean encrypted) {
        var protection = encrypted ? Protection.encryption(MasterKey.of(key.clone())) : Protection.checksums();
        var identity = encrypted ? ChunkIdentity.keyed(key.clone()) : ChunkIdentity.plain();
        return new Settings(where, new ObjectStore(where, protection), identity, new SecureRandom(), warnings::add);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private String text(Settings settings, String name) throws IOException {
        return settings.get(name).map(content -> new String(content, UTF_8)).orElse("nothing");
    }

    private List<String> objects() {
        return storage.list("settings/").stream().map(StoredObject::name).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsPutIsThereUntilItIsReplacedOrRemoved(boolean encrypted) throws IOException {
        var settings = settings(storage, encrypted);
        assertEquals("nothing", text(settings, "pool/a"));
        settings.put("pool/a", bytes("one"));
        settings.put("pool/b", bytes(""));
        settings.put("pool/a", bytes("two"));
        assertEquals("two", text(settings, "pool/a"));
        assertEquals("", text(settings, "pool/b"));
        assertEquals(Set.of("pool/a", "pool/b"), settings.all().keySet());
        assertArrayEquals(bytes("two"), settings.all().get("pool/a"));
        assertEquals(2, objects().size());
        assertTrue(settings.remove("pool/a"));
        assertFalse(settings.remove("pool/a"));
        assertEquals("nothing", text(settings, "pool/a"));
        assertEquals(Set.of("pool/b"), settings.all().keySet());
    }

    @Test
    void anEncryptedRepositoryShowsNeitherNamesNorContents() throws IOException {
        settings(storage, true).put("pool/lab", bytes("the password is swordfish"));
        var name = objects().getFirst();
        var stored = name + new String(storage.readAll(name, LIMIT), ISO_8859_1);
        assertFalse(stored.contains("lab") || stored.contains("swordfish"), stored);
        var other = new MemoryStorage();
        settings(other, false).put("pool/lab", bytes("x"));
        assertFalse(SettingVersion.parse(other.list("settings/").getFirst().name()).orElseThrow().key()
                .equals(SettingVersion.parse(name).orElseThrow().key()), "the key can be computed without the password");
    }

    @Test
    void noNameOfAnObjectIsTakenTwice() throws IOException {
        var settings = settings(storage, true);
        settings.put("a", bytes("one"));
        var first = objects();
        settings.remove("a");
        settings.put("a", bytes("two"));
        assertFalse(objects().equals(first), "two contents under one key and nonce");
    }

    @Test
    void aChangeThatCrashesAnywhereLeavesTheOldContentOrTheNew() throws IOException {
        int mutations = changed(new FaultyStorage(storage)).mutations();
        for (int at = 1; at <= mutations; at++) {
            for (boolean before : new boolean[] {true, false}) {
                var beneath = new MemoryStorage();
                settings(beneath, true).put("a", bytes("old"));
                var faulty = before ? new FaultyStorage(beneath).crashBefore(at) : new FaultyStorage(beneath).crashAfter(at);
                assertThrows(CrashException.class, () -> changed(faulty));
                var after = settings(beneath.reopen(), true);
                assertTrue(Set.of("old", "new").contains(text(after, "a")), "mutation " + at);
                after.put("a", bytes("newest"));
                assertEquals("newest", text(after, "a"));
                assertEquals(1, beneath.list("settings/").size());
            }
        }
    }

    private FaultyStorage changed(FaultyStorage faulty) throws IOException {
        settings(faulty, true).put("a", bytes("new"));
        return faulty;
    }

    @Test
    void aRemovalThatCrashesNeverBringsAnOldContentBack() throws IOException {
        for (int at = 1; at <= 2; at++) {
            var beneath = new MemoryStorage();
            settings(beneath, true).put("a", bytes("old"));
            var crashing = new FaultyStorage(beneath).crashBefore(4); // create, write, commit, delete
            assertThrows(CrashException.class, () -> settings(crashing, true).put("a", bytes("new")));
            assertEquals(2, beneath.list("settings/").size());
            var faulty = new FaultyStorage(beneath).crashAfter(at);
            assertThrows(CrashException.class, () -> settings(faulty, true).remove("a"));
            assertEquals(at == 1 ? "new" : "nothing", text(settings(beneath.reopen(), true), "a"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDamagedSettingIsToldAndNeverTakenForAnother(boolean encrypted) throws IOException {
        var settings = settings(storage, encrypted);
        settings.put("a", bytes("one"));
        settings.put("b", bytes("two"));
        var name = objects().getFirst();
        var whole = storage.readAll(name, LIMIT);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            var damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            storage.damage(name, damaged);
            requireDamage(settings);
        }
        for (int length = 0; length < whole.length; length++) {
            storage.damage(name, Arrays.copyOf(whole, length));
            requireDamage(settings);
        }
        assertTrue(settings.remove("a") && settings.remove("b"));
        assertEquals(List.of(), objects());
    }

    private void requireDamage(Settings settings) throws IOException {
        warnings.clear();
        assertEquals(1, settings.all().size());
        assertEquals(1, warnings.size());
        var lost = settings.all().containsKey("a") ? "b" : "a";
        assertThrows(CorruptObjectException.class, () -> settings.get(lost));
    }

    @Test
    void namesAndContentsOutOfBoundsAreMistakesOfTheCaller() {
        var settings = settings(storage, false);
        for (var name : List.of("", "/a", ".a", "a b", "ä", "a".repeat(128))) {
            assertThrows(IllegalArgumentException.class, () -> settings.put(name, new byte[0]), name);
            assertThrows(IllegalArgumentException.class, () -> settings.get(name), name);
            assertThrows(IllegalArgumentException.class, () -> settings.remove(name), name);
        }
        assertThrows(IllegalArgumentException.class, () -> settings.put("a", new byte[Settings.MAX_BYTES + 1]));
        assertEquals(List.of(), objects());
    }

    @Test
    void theLongestNameAndContentComeBack() throws IOException {
        var settings = settings(storage, true);
        var content = new byte[Settings.MAX_BYTES];
        new SecureRandom().nextBytes(content);
        settings.put("n".repeat(127), content);
        assertArrayEquals(content, settings.get("n".repeat(127)).orElseThrow());
    }
}
