package io.xenolith.repository.point;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.LocalStorage;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.storage.ObjectExistsException;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedExtension.class)
class CatalogTest {

    private final Random random = new Random(1);
    private final MemoryStorage storage = new MemoryStorage();
    private final Catalog catalog = plain(storage);

    private static Catalog plain(Storage storage) {
        return new Catalog(storage, new ObjectStore(storage, Protection.checksums()), ChunkIdentity.plain());
    }

    private static Catalog encrypted(Storage storage, int key) {
        var master = MasterKey.of(new byte[] {(byte) key, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31});
        return new Catalog(storage, new ObjectStore(storage, Protection.encryption(master)),
                ChunkIdentity.keyed(master.derive("chunk ids", "")));
    }

    private RestorePoint add(String vm, String time) throws IOException {
        var point = RandomPoints.at(vm, time, random);
        catalog.add(point);
        return point;
    }

    private String nameOf(RestorePoint point) {
        return storage.list("points/").stream().map(StoredObject::name).filter(name -> name.endsWith(point.id()))
                .findAny().orElseThrow();
    }

    @Test
    void aPointIsStoredUnderTheKeyOfItsMachineItsTimeAndItsId() throws IOException {
        var point = add("web", "2026-11-20T10:15:00Z");
        // printf 'vm\0web' | sha256sum | cut -c 1-32
        assertEquals("points/abbfd233ab0e0671ada400e5484e97dd/20261120T101500Z-" + point.id(), nameOf(point));
    }

    @Test
    void namesTellNothingInAnEncryptedRepository() throws IOException {
        var folders = new ArrayList<String>();
        for (int key = 0; key < 2; key++) {
            var memory = new MemoryStorage();
            encrypted(memory, key).add(RandomPoints.at("web", "2026-11-20T10:15:00Z", random));
            var object = memory.list("points/").getFirst().name();
            folders.add(object.substring(0, object.lastIndexOf('/')));
            var text = new String(memory.readAll(object, 1 << 20), UTF_8);
            assertFalse(text.contains("web") || text.contains("xvda"), text);
        }
        assertNotEquals(folders.get(0), folders.get(1));
    }

    @Test
    void pointsAreListedByMachineAndTime() throws Exception {
        var webLate = add("web", "2026-11-21T00:00:00Z");
        var db = add("db", "2026-11-22T00:00:00Z");
        var webEarly = add("web", "2026-11-20T00:00:00Z");
        assertEquals(List.of(db, webEarly, webLate), catalog.all().points());
        assertEquals(List.of(webEarly, webLate), catalog.ofVm("web").points());
        assertEquals(new Points(List.of(), List.of()), catalog.ofVm("we"));
    }

    @Test
    void tenThousandPointsAreListedEachOnce(Seed seed) throws Exception {
        var random = seed.random();
        var added = new ArrayList<RestorePoint>();
        for (int i = 0; i < 10_000; i++) {
            var point = RandomPoints.at("vm" + i % 37, Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE)), random);
            catalog.add(point);
            added.add(point);
        }
        added.sort(Comparator.comparing(RestorePoint::vm).thenComparing(RestorePoint::time).thenComparing(RestorePoint::id));
        var found = catalog.all();
        assertEquals(List.of(), found.unreadable());
        assertEquals(added, found.points());
    }

    @Test
    void damagedPointsHideNoOthers() throws Exception {
        var good = add("web", "2026-11-20T00:00:00Z");
        var damaged = nameOf(add("web", "2026-11-21T00:00:00Z"));
        var newer = nameOf(add("web", "2026-11-22T00:00:00Z"));
        var large = nameOf(add("web", "2026-11-23T00:00:00Z"));
        storage.damage(damaged, new byte[3]);
        var header = storage.readAll(newer, 1 << 20);
        header[6] = 2;
        storage.damage(newer, header);
        storage.damage(large, new byte[(16 << 20) + 1]);
        storage.put("points/README", new byte[0]);
        var found = catalog.all();
        assertEquals(List.of(good), found.points());
        assertEquals(Set.of(damaged, newer, large, "points/README"),
                Set.copyOf(found.unreadable().stream().map(Unreadable::name).toList()));
        assertEquals(3, catalog.ofVm("web").unreadable().size());
        assertThrows(CorruptObjectException.class, () -> catalog.resolve("web@latest"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"readAll", "list"})
    void aStorageThatDoesNotAnswerIsNoDamage(String method) throws IOException {
        var point = add("web", "2026-11-20T00:00:00Z");
        var points = plain(failing(method));
        for (Executable look : List.<Executable>of(points::all, () -> points.ofVm("web"), () -> points.resolve(point.id()))) {
            assertEquals("no answer", assertThrows(IOException.class, look).getMessage());
        }
    }

    /// The storage, save that one of its methods fails.
    private Storage failing(String method) {
        return (Storage) Proxy.newProxyInstance(Storage.class.getClassLoader(), new Class<?>[] {Storage.class}, (_, called, args) -> {
            if (called.getName().equals(method)) {
                throw new IOException("no answer");
            }
            return called.invoke(storage, args);
        });
    }

    @Test
    void aPointThatIsRemovedWhileItIsLookedForIsNotThere() throws Exception {
        var point = add("web", "2026-11-20T00:00:00Z");
        var objectsAreGone = new ObjectStore(new MemoryStorage(), Protection.checksums());
        var points = new Catalog(storage, objectsAreGone, ChunkIdentity.plain());
        assertEquals(new Points(List.of(), List.of()), points.all());
        assertThrows(NoSuchPointException.class, () -> points.resolve(point.id()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyTruncationAndFlippedBitOfAStoredPointIsDetected(boolean encrypted) throws IOException {
        var points = encrypted ? encrypted(storage, 1) : catalog;
        var point = RandomPoints.at("web", "2026-11-20T10:15:00Z", random);
        points.add(point);
        var name = nameOf(point);
        var object = storage.readAll(name, 1 << 20);
        for (int bit = 0; bit < object.length * 8; bit++) {
            var damaged = object.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertDamaged(points, name, damaged, point);
        }
        for (int length = 0; length < object.length; length++) {
            assertDamaged(points, name, Arrays.copyOf(object, length), point);
        }
        storage.damage(name, object);
        assertEquals(point, points.resolve(point.id()));
    }

    private void assertDamaged(Catalog points, String name, byte[] content, RestorePoint point) {
        storage.damage(name, content);
        var e = assertThrows(IOException.class, () -> points.resolve(point.id()));
        assertTrue(e instanceof CorruptObjectException || e instanceof NewerFormatException, e::toString);
    }

    @Test
    void aPointUnderTheNameOfAnotherIsDamage() throws Exception {
        var point = RandomPoints.at("web", "2026-11-20T10:15:00Z", random);
        var elsewhere = "points/abbfd233ab0e0671ada400e5484e97dd/20261120T101501Z-" + point.id();
        new ObjectStore(storage, Protection.checksums())
                .write(elsewhere, ObjectKind.RESTORE_POINT, RestorePointFormat.encode(point));
        assertEquals(elsewhere, catalog.all().unreadable().getFirst().name());
    }

    @Test
    void anIdOrItsBeginningNamesAPoint() throws IOException {
        var point = add("web", "2026-11-20T10:15:00Z");
        add("web", "2026-11-20T10:15:00Z");
        for (int digits = 4; digits <= 16; digits++) {
            assertEquals(point, catalog.resolve(point.id().substring(0, digits)));
        }
        assertEquals(point, catalog.resolve(point.id().toUpperCase()));
        assertNoSuchPoint(point.id().substring(0, 3), "4 digits");
        assertNoSuchPoint(point.id() + "0", "beginning of an id");
        assertNoSuchPoint("00000000", "no id begins so");
        assertNoSuchPoint("", "beginning of an id");
        assertNoSuchPoint("web", "NAME@latest");
    }

    @Test
    void latestNamesTheNewestPointOfAMachine() throws IOException {
        add("web", "2026-11-20T10:15:00Z");
        var newest = add("web", "2026-11-21T10:15:00Z");
        add("web", "2026-11-19T10:15:00Z");
        add("db", "2026-11-22T10:15:00Z");
        assertEquals(newest, catalog.resolve("web@latest"));
        assertNoSuchPoint("mail@latest", "'mail'");
        assertNoSuchPoint("@latest", "1 to 255");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-20T10:15:07Z", "2026-11-20T10:15:07", "2026-11-20 10:15:07", "2026-11-20 10:15",
            "2026-11-20T10:15Z", "2026-11-20", "2026-11-20T11:15:07+01:00", "2026-11-20T10:15:07.000Z", "20261120T101507Z"})
    void aTimeNamesThePointWhoseTimeBeginsSo(String time) throws IOException {
        var wanted = add("web", "2026-11-20T10:15:07Z");
        add("web", "2026-11-21T10:15:07Z");
        add("db", "2026-11-20T10:15:07Z");
        assertEquals(wanted, catalog.resolve("web@" + time));
    }

    @Test
    void aTimeThatNoPointHasNamesNone() throws IOException {
        add("web", "2026-11-20T10:15:07Z");
        for (var time : List.of("2026-11-20T10:15:08", "2026-11-19", "2026-13-45", "9999-12-31T23:59:59-18:00")) {
            assertNoSuchPoint("web@" + time, time.startsWith("9") ? "neither" : "none of that time");
        }
        for (var time : List.of("", "yesterday", "2026", "2026-11", "2026-11-2", "10:15", "2026-11-20T10", "LATEST")) {
            assertNoSuchPoint("web@" + time, "neither 'latest' nor a time");
        }
    }

    @Test
    void aMachinesNameMayHoldAnAt() throws IOException {
        var point = add("root@web@latest", "2026-11-20T10:15:07Z");
        assertEquals(point, catalog.resolve("root@web@latest@latest"));
        assertEquals(point, catalog.resolve("root@web@latest@2026-11-20"));
        assertNoSuchPoint("root@web@latest", "'root@web'");
    }

    @Test
    void whatNamesSeveralPointsIsRefusedWithAtMostTenOfThem() throws IOException {
        for (int i = 0; i < 12; i++) {
            add("web", "2026-11-20T%02d:00:00Z".formatted(i));
        }
        var e = assertThrows(AmbiguousPointException.class, () -> catalog.resolve("web@2026-11-20"));
        assertTrue(e.getMessage().contains("any of 12"), e.getMessage());
        assertTrue(e.getMessage().contains("(2026-11-20T09:00:00Z) and others;"), e.getMessage());
        assertFalse(e.getMessage().contains("T10:00"), e.getMessage());
        assertTrue(e.getMessage().contains("xenolith list"), e.getMessage());
    }

    @Test
    void aBeginningThatTwoIdsShareIsRefused() throws IOException {
        for (var id : List.of("abcd000000000001", "abcd000000000002")) {
            var p = RandomPoints.at("web", "2026-11-20T10:15:07Z", random);
            catalog.add(new RestorePoint(id, p.machine(), p.time(), p.level(), p.consistency(), p.disks(), p.files(), p.skipped(),
                    p.notes(), p.tags(), p.base(), p.seconds(), p.program()));
        }
        assertThrows(AmbiguousPointException.class, () -> catalog.resolve("abcd"));
        assertEquals("abcd000000000002", catalog.resolve("abcd000000000002").id());
    }

    private void assertNoSuchPoint(String reference, String why) {
        var e = assertThrows(NoSuchPointException.class, () -> catalog.resolve(reference), reference);
        assertTrue(e.getMessage().contains(why) && e.getMessage().contains("xenolith list"), e.getMessage());
    }

    @Test
    void aPointIsAddedOnceOnly() throws IOException {
        var point = add("web", "2026-11-20T10:15:07Z");
        assertThrows(ObjectExistsException.class, () -> catalog.add(point));
    }

    @Test
    void aPinLastsUntilItIsTakenAwayOrThePointIsRemoved() throws IOException {
        var one = add("web", "2026-11-20T10:15:07Z");
        var two = add("web", "2026-11-21T10:15:07Z");
        catalog.pin(one);
        catalog.pin(one);
        catalog.pin(two);
        assertEquals(Set.of(one.id(), two.id()), catalog.pinned());
        assertTrue(catalog.unpin(one));
        assertFalse(catalog.unpin(one));
        catalog.pin(one);
        assertTrue(catalog.remove(two));
        assertFalse(catalog.remove(two));
        assertEquals(Set.of(one.id()), catalog.pinned());
        assertNoSuchPoint(two.id(), "no id begins so");
    }

    @Test
    void aDamagedPinStillPins() throws IOException {
        var point = add("web", "2026-11-20T10:15:07Z");
        catalog.pin(point);
        storage.damage("pins/" + point.id(), new byte[0]);
        assertEquals(Set.of(point.id()), catalog.pinned());
    }

    @Test
    void namesOfAnyTextAreMachines(@TempDir Path folder) throws Exception {
        try (var local = new LocalStorage(folder)) {
            var points = plain(local);
            for (var vm : List.of("..", "a/b", "CON", " ", "机器 \uD83D\uDE80", "x".repeat(255), "A", "a")) {
                var point = RandomPoints.at(vm, "2026-11-20T10:15:07Z", random);
                points.add(point);
                assertEquals(List.of(point), points.ofVm(vm).points());
                assertEquals(point, points.resolve(vm + "@latest"));
            }
            assertEquals(8, points.all().points().size());
        }
    }

    @Test
    void idsHave16Digits(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 1000; i++) {
            var id = Catalog.newId(random);
            assertTrue(id.matches("[0-9a-f]{16}"), id);
        }
    }
}
