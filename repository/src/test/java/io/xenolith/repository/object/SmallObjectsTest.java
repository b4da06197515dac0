package io.xenolith.repository.object;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.damage.DamageRecords;
import io.xenolith.repository.index.IndexSegments;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackTable;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.verify.VerificationLedger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Small objects of each kind, damaged everywhere.
@ExtendWith(SeedExtension.class)
class SmallObjectsTest {

    private static final int LIMIT = 1 << 20;

    private final MemoryStorage storage = new MemoryStorage();
    private final List<String> warnings = new ArrayList<>();

    private ObjectStore objects(boolean encrypted, Random random) {
        var key = new byte[MasterKey.BYTES];
        random.nextBytes(key);
        return new ObjectStore(storage, encrypted ? Protection.encryption(MasterKey.of(key)) : Protection.checksums());
    }

    private interface Check {
        void run() throws IOException;
    }

    /// Runs `check` with each truncation and each flipped bit of the only object in `folder`.
    private void damageEverywhere(String folder, Check check) throws IOException {
        var name = storage.list(folder).getFirst().name();
        var whole = storage.readAll(name, LIMIT);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            var damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            storage.damage(name, damaged);
            check.run();
        }
        for (int length = 0; length < whole.length; length++) {
            storage.damage(name, Arrays.copyOf(whole, length));
            check.run();
        }
        storage.damage(name, Arrays.copyOf(whole, whole.length + 1));
        check.run();
        storage.damage(name, new byte[LIMIT + 1]);
        check.run();
        storage.damage(name, whole);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anObjectIsReadAsItWasWrittenOrNotAtAll(boolean encrypted, Seed seed) throws IOException {
        var random = seed.random();
        var objects = objects(encrypted, random);
        for (int length : new int[] {0, 1, 500, 10_000}) {
            var payload = new byte[length];
            if (length < 10_000) { // the longest is compressed
                random.nextBytes(payload);
            }
            var name = "points/" + length + "/x";
            objects.write(name, ObjectKind.RESTORE_POINT, payload);
            assertArrayEquals(payload, objects.read(name, ObjectKind.RESTORE_POINT, LIMIT));
            assertThrows(CorruptObjectException.class, () -> objects.read(name, ObjectKind.PIN, LIMIT));
            damageEverywhere("points/" + length + "/", () -> assertThrows(CorruptObjectException.class,
                    () -> objects.read(name, ObjectKind.RESTORE_POINT, LIMIT)));
            // nor in another one's place
            storage.put("points/" + length + "/y", storage.readAll(name, LIMIT));
            assertThrows(CorruptObjectException.class,
                    () -> objects.read("points/" + length + "/y", ObjectKind.RESTORE_POINT, LIMIT));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void headersThatWereWrittenWrongAreRejected(boolean encrypted, Seed seed) throws IOException {
        var random = seed.random();
        var key = new byte[MasterKey.BYTES];
        random.nextBytes(key);
        var protection = encrypted ? Protection.encryption(MasterKey.of(key)) : Protection.checksums();
        var objects = new ObjectStore(storage, protection);
        int[] lengths = {-1, LIMIT + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 3, 5};
        for (int i = 0; i < lengths.length; i++) {
            var name = "points/" + i;
            forge(name, protection, 1, lengths[i]);
            assertThrows(CorruptObjectException.class, () -> objects.read(name, ObjectKind.RESTORE_POINT, LIMIT));
        }
        forge("points/newer", protection, 2, 4);
        assertThrows(NewerFormatException.class, () -> objects.read("points/newer", ObjectKind.RESTORE_POINT, LIMIT));
    }

    /// An object with four bytes in it, sealed as by someone who has the key.
    private void forge(String name, Protection protection, int version, int length) throws IOException {
        var header = ByteBuffer.allocate(16).order(LITTLE_ENDIAN).put("XENOBJ".getBytes()).put((byte) version)
                .put((byte) ObjectKind.RESTORE_POINT.number()).put((byte) protection.number()).put((byte) 0)
                .putShort((short) 0).putInt(length).array();
        var context = ByteBuffer.allocate(16 + name.length()).put(header).put(name.getBytes()).array();
        var sealed = protection.seal("xenolith object", name).close(0, context, new byte[4], 0, 4);
        storage.put(name, ByteBuffer.allocate(16 + sealed.length).put(header).put(sealed).array());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSegmentIsReadAsItWasWrittenOrNotAtAll(boolean encrypted, Seed seed) throws IOException {
        var random = seed.random();
        var segments = new IndexSegments(storage, objects(encrypted, random), random);
        var tables = List.of(randomTable(PackKind.DATA, random), randomTable(PackKind.MAP, random));
        var name = segments.write(tables);
        assertEquals(List.of(name), segments.list());
        var read = segments.read(name);
        for (int i = 0; i < tables.size(); i++) {
            assertEquals(tables.get(i).pack(), read.get(i).pack());
            assertArrayEquals(tables.get(i).encode(true), read.get(i).encode(true));
        }
        damageEverywhere("segments/", () -> assertThrows(CorruptObjectException.class, () -> segments.read(name)));
    }

    private static PackTable randomTable(PackKind kind, Random random) throws IOException {
        var bytes = ByteBuffer.allocate(8 + 13 + 2 * 36).order(LITTLE_ENDIAN).putInt(1).putInt(2)
                .putInt(40).putInt(50).putInt(2).put((byte) 0).putInt(20).putInt(30);
        var ids = new byte[64];
        random.nextBytes(ids);
        return PackTable.decode(PackId.random(kind, random), bytes.put(ids).array(), true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSegmentThatWasWrittenWrongIsRejected(boolean encrypted, Seed seed) throws IOException {
        var random = seed.random();
        var objects = objects(encrypted, random);
        var segments = new IndexSegments(storage, objects, random);
        var table = randomTable(PackKind.DATA, random).encode(true);
        var good = ByteBuffer.allocate(4 + 17 + 4 + table.length).order(LITTLE_ENDIAN).putInt(1).put(new byte[17])
                .putInt(table.length).put(table).array();
        int number = 0;
        for (int at = 0; at < 25; at++) {
            for (int value : new int[] {-1, 0, 2, 5000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                var name = "segments/" + number++;
                objects.write(name, ObjectKind.INDEX_SEGMENT,
                        ByteBuffer.wrap(good.clone()).order(LITTLE_ENDIAN).putInt(at, value).array());
                readOrReject(() -> segments.read(name));
            }
        }
        for (int length = 0; length < good.length; length++) {
            var name = "segments/" + number++;
            objects.write(name, ObjectKind.INDEX_SEGMENT, Arrays.copyOf(good, length));
            assertThrows(CorruptObjectException.class, () -> segments.read(name));
        }
    }

    private static void readOrReject(Check read) throws IOException {
        try {
            read.run();
        } catch (CorruptObjectException _) {
            // rejected
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDamagedDamageRecordIsWarnedOf(boolean encrypted, Seed seed) throws IOException {
        var random = seed.random();
        var records = new DamageRecords(storage, objects(encrypted, random), random, warnings::add);
        var pack = PackId.random(PackKind.DATA, random);
        var ordinals = BitSet.valueOf(new long[] {random.nextLong() | 1, 1});
        ordinals.set(65_535);
        records.add(pack, ordinals);
        assertEquals(Map.of(pack, ordinals), records.damaged());
        damageEverywhere("damage/", () -> {
            assertEquals(Map.of(), records.damaged());
            assertEquals(1, warnings.size());
            warnings.clear();
            records.retain(java.util.Set.of());
            assertEquals(1, storage.list("damage/").size(), "evidence");
        });
        records.retain(java.util.Set.of(pack));
        assertEquals(Map.of(pack, ordinals), records.damaged());
        records.retain(java.util.Set.of());
        assertEquals(List.of(), storage.list("damage/"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDamagedRecordOfVerificationsTellsOfNone(boolean encrypted, Seed seed) throws IOException {
        var random = seed.random();
        var ledger = new VerificationLedger(storage, objects(encrypted, random), random);
        var noon = Instant.parse("2026-03-01T12:00:00Z");
        var pack = PackId.random(PackKind.DATA, random);
        var other = PackId.random(PackKind.MAP, random);
        ledger.record(List.of(pack), noon, List.of(pack, other));
        ledger.record(List.of(other), noon.plusSeconds(1), List.of(pack, other));
        assertEquals(Map.of(pack, noon, other, noon.plusSeconds(1)), ledger.read());
        assertEquals(1, storage.list("verified/").size());
        damageEverywhere("verified/", () -> assertEquals(Map.of(), ledger.read()));
        ledger.record(List.of(), noon, List.of(other));
        assertEquals(Map.of(other, noon.plusSeconds(1)), ledger.read());
    }
}
