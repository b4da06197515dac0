package io.xenolith.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.storage.StoredObject;
import io.xenolith.repository.verify.DataSelection;
import io.xenolith.repository.verify.Verifier;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a repository has to give back: the disk of each point, and how to look whether it does.
final class Kept {

    private final Map<String, SparseDisk> disks = new HashMap<>();

    void add(RestorePoint point, SparseDisk disk) {
        disks.put(point.id(), disk.copy());
    }

    void remove(RestorePoint point) {
        disks.remove(point.id());
    }

    Set<String> ids() {
        return disks.keySet();
    }

    SparseDisk disk(RestorePoint point) {
        return disks.get(point.id());
    }

    /// Lists, verifies and restores everything.
    void assertAllThere(RepositoryFixture fixture) throws Exception {
        assertThere(fixture, disks.keySet());
    }

    /// The same, where points that are listed may be any of those that are known but must include `required`.
    void assertThere(RepositoryFixture fixture, Set<String> required) throws Exception {
        try (var repository = fixture.open()) {
            var listed = repository.catalog().all();
            assertEquals(List.of(), listed.unreadable());
            var ids = listed.points().stream().map(RestorePoint::id).collect(Collectors.toSet());
            assertTrue(ids.containsAll(required), ids + " lacks some of " + required);
            for (var point : listed.points()) {
                if (disks.containsKey(point.id())) {
                    var restored = RepositoryFixture.restore(repository, point.disks().getFirst());
                    RepositoryFixture.assertEqual(disk(point), restored);
                }
            }
            var found = new Verifier(repository, 2, Progress.NONE)
                    .verify(listed.points(), new DataSelection.All(), RepositoryFixture.NOON);
            assertTrue(found.ok(), found.toString());
        }
    }

    static Map<String, byte[]> snapshot(MemoryStorage storage) throws IOException {
        var objects = new TreeMap<String, byte[]>();
        for (var folder : List.of("keys/", "packs/", "segments/", "points/", "pins/", "verified/", "damage/")) {
            for (StoredObject object : storage.list(folder)) {
                objects.put(object.name(), storage.readAll(object.name(), Integer.MAX_VALUE));
            }
        }
        for (var name : List.of("config", "config.copy")) {
            if (storage.exists(name)) {
                objects.put(name, storage.readAll(name, Integer.MAX_VALUE));
            }
        }
        return objects;
    }

    static MemoryStorage storageWith(Map<String, byte[]> objects) throws IOException {
        var storage = new MemoryStorage();
        for (var object : objects.entrySet()) {
            storage.put(object.getKey(), object.getValue());
        }
        return storage;
    }
}
