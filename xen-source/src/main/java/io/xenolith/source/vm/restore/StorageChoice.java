package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.OvaObject;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds a storage for each disk, and room on it.
final class StorageChoice {
    private static final Set<String> THICK = Set.of("lvm", "lvmoiscsi", "lvmohba", "lvmofcoe", "equal", "netapp", "cslg");
    /// The longest disk that is a VHD.
    static final long MAX_VHD_BYTES = 2040L << 30;

    private static final int ROUNDING_BYTES = 2 << 20; // of disks, by every driver that makes VHDs
    private static final int OVERHEAD_BYTES = 512; // a bitmap for each block of 2 MiB

    private final Xapi xapi;
    private final PoolState pool;
    private final RestoreRequest request;
    private final List<String> problems;
    private final Map<Ref<Sr>, Sr> chosen = new LinkedHashMap<>();
    private final Map<Ref<Sr>, Long> needed = new LinkedHashMap<>(); // bytes

    StorageChoice(Xapi xapi, PoolState pool, RestoreRequest request, List<String> problems) {
        this.xapi = xapi;
        this.pool = pool;
        this.request = request;
        this.problems = problems;
    }

    /// True of storage where a disk takes its whole size at once, and holds anything before it is written.
    static boolean isThick(Sr storage) {
        return THICK.contains(storage.type());
    }

    /// The storage for a disk; nothing, and a problem, if there is none that will do.
    ///
    /// @param old where the disk lay, if that is known
    Optional<Sr> choose(StoredDisk disk, Optional<OvaObject> old) {
        var wanted = old.flatMap(this::mapped).or(() -> request.storages().all());
        if (wanted.isPresent()) {
            return named(wanted.get(), disk);
        }
        var former = old.filter(_ -> request.keepsIdentity()).flatMap(sr -> pool.storages().stream()
                .filter(candidate -> candidate.uuid().equals(sr.text("uuid"))).findFirst());
        return former.filter(this::isUsable).or(() -> byDefault(disk));
    }

    private Optional<String> mapped(OvaObject old) {
        var byOld = request.storages().byOld();
        return Optional.ofNullable(byOld.get(old.text("uuid")))
                .or(() -> Optional.ofNullable(byOld.get(old.text("name_label"))));
    }

    private Optional<Sr> named(String uuidOrName, StoredDisk disk) {
        var found = pool.storages(uuidOrName);
        if (found.size() != 1) {
            problems.add(found.isEmpty() ? "the pool has no storage '%s'".formatted(uuidOrName)
                    : "%d storages are called '%s'; give a uuid".formatted(found.size(), uuidOrName));
            return Optional.empty();
        }
        return usable(found.getFirst(), disk);
    }

    private Optional<Sr> byDefault(StoredDisk disk) {
        var found = pool.storages().stream().filter(sr -> sr.ref().equals(pool.pool().defaultSr())).findFirst();
        if (found.isEmpty()) {
            problems.add("the pool has no default storage for disk '%s'; name one".formatted(disk.name()));
        }
        return found.flatMap(sr -> usable(sr, disk));
    }

    private Optional<Sr> usable(Sr storage, StoredDisk disk) {
        if (isUsable(storage)) {
            return Optional.of(storage);
        }
        problems.add("the storage '%s' cannot take disk '%s': %s".formatted(storage.name(), disk.name(),
                storage.holdsDisks() ? "no host has it attached (xe pbd-plug)" : "it is not for disks"));
        return Optional.empty();
    }

    private boolean isUsable(Sr storage) {
        return storage.holdsDisks() && pool.attached().contains(storage.ref());
    }

    /// Counts what a disk will take.
    void reserve(StoredDisk disk, Sr storage, Optional<Base> base) throws IOException, InterruptedException {
        requireFormat(disk, storage);
        chosen.put(storage.ref(), storage);
        needed.merge(storage.ref(), bytes(disk, storage, base), Long::sum);
    }

    private void requireFormat(StoredDisk disk, Sr storage) throws IOException, InterruptedException {
        if (disk.size() <= MAX_VHD_BYTES) {
            return;
        }
        for (var driver : xapi.srs().drivers()) {
            if (driver.type().equals(storage.type()) && driver.raw().texts("supported_image_formats").contains("qcow2")) {
                return;
            }
        }
        problems.add("disk '%s' is longer than the 2040 GiB of a VHD, and the storage '%s' offers nothing else"
                .formatted(disk.name(), storage.name()));
    }

    private static long bytes(StoredDisk disk, Sr storage, Optional<Base> base) throws IOException {
        if (isThick(storage)) {
            return Math.ceilDiv(disk.size(), (long) ROUNDING_BYTES) * ROUNDING_BYTES;
        }
        long blocks = base.isPresent() ? Math.ceilDiv(base.get().differs().bytes(), (long) ROUNDING_BYTES)
                : disk.blocks(ROUNDING_BYTES).count();
        return blocks * (ROUNDING_BYTES + OVERHEAD_BYTES);
    }

    /// Looks for room, on thin storage after a scan: what is free there is known only from then.
    void requireRoom() throws IOException, InterruptedException {
        for (var storage : chosen.values()) {
            if (!isThick(storage)) {
                Patience.run(() -> xapi.srs().scan(storage.ref()));
            }
            var now = xapi.srs().get(storage.ref());
            long bytes = needed.get(storage.ref());
            if (now.physicalSize() > 0 && now.free() < bytes) {
                problems.add("the storage '%s' has %d MiB left, the disks need %d MiB; free some, or name another storage"
                        .formatted(now.name(), now.free() >> 20, Math.ceilDiv(bytes, 1L << 20)));
            }
        }
    }
}
