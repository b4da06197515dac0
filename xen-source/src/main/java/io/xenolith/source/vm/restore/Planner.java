package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.OvaDocument;
import io.xenolith.source.vm.description.OvaEdit;
import io.xenolith.source.vm.description.ToolstackVersion;
import io.xenolith.source.vm.description.VmDescriptionException;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.ApiVersion;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xva.NewDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Turns a request into a plan, or into the list of all that stands in its way. Asks the pool, and changes nothing.
final class Planner {
    private final Xapi xapi;
    private final StoredVm vm;
    private final RestoreRequest request;
    private final PoolState pool;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Planner(Xapi xapi, StoredVm vm, RestoreRequest request, PoolState pool) {
        this.xapi = xapi;
        this.vm = vm;
        this.request = request;
        this.pool = pool;
    }

    /// @throws RestoreRefusedException if it cannot be done as asked
    static RestorePlan plan(Xapi xapi, StoredVm vm, RestoreRequest request) throws IOException, InterruptedException {
        return new Planner(xapi, vm, request, PoolState.read(xapi)).plan();
    }

    private RestorePlan plan() throws IOException, InterruptedException {
        if (pool.pool().isUpgrading()) {
            problems.add("the pool is being upgraded, and refuses imports; finish the upgrade of all hosts");
        }
        var stored = chosenDisks();
        var source = SourceDocument.of(vm, stored, request.hardware());
        var identity = new IdentityChecks(pool, vm, problems);
        var existing = identity.existing(request.destination());
        var disks = disks(stored, source);
        requireOneStream(disks);
        requirePositions(disks, existing);
        Optional<OvaDocument> document = Optional.empty();
        List<RestorePlan.Card> cards = List.of();
        if (request.destination().makesVm()) {
            notes.addAll(source.notes());
            document = Optional.of(document(source, stored));
            var replaced = existing.filter(_ -> request.destination() instanceof Destination.Replacement);
            cards = new CardChoice(pool, request, replaced, problems, notes).choose(document.get());
            if (request.keepsIdentity()) {
                identity.requireOwnSeed(document.get());
            }
            noteLosses(source.ova(), existing);
        }
        if (!problems.isEmpty()) {
            throw new RestoreRefusedException(vm.name(), problems);
        }
        return new RestorePlan(vm, request, disks, cards, existing, name(existing), document, readsXxhash(),
                notes);
    }

    private List<StoredDisk> chosenDisks() {
        var unknown = new HashSet<>(request.disks());
        vm.disks().forEach(disk -> unknown.remove(disk.name()));
        unknown.forEach(name -> problems.add("the restore point has no disk '%s'".formatted(name)));
        return vm.disks().stream().filter(disk -> request.disks().isEmpty() || request.disks().contains(disk.name()))
                .toList();
    }

    private String name(Optional<Vm> existing) {
        return switch (request.destination()) {
            case Destination.NewVm(var name, _) -> name;
            case Destination.Attached _ -> existing.map(Vm::name).orElse("");
            case Destination.Original _, Destination.Replacement _, Destination.DisksOnly _ -> vm.name();
        };
    }

    private List<RestorePlan.Disk> disks(List<StoredDisk> stored, SourceDocument source)
            throws IOException, InterruptedException {
        var choice = new StorageChoice(xapi, pool, request, problems);
        var disks = new ArrayList<RestorePlan.Disk>();
        for (var disk : stored) {
            var vdi = source.vdi(disk);
            var over = over(disk);
            var storage = over.isPresent() ? storageOf(over.get())
                    : choice.choose(disk, source.ova().object("SR", vdi.text("SR")));
            if (storage.isPresent()) {
                choice.reserve(disk, storage.get(), over.map(RestorePlan.Over::differing));
                var drive = source.drive(disk);
                disks.add(new RestorePlan.Disk(disk, position(disk, source), drive.flag("bootable"),
                        drive.text("mode").equals("RO"), label(disk, vdi.text("name_label")),
                        vdi.text("name_description"), storage.get(), over));
            }
        }
        choice.requireRoom();
        return disks;
    }

    private static String label(StoredDisk disk, String described) {
        return described.isEmpty() ? SourceDocument.label(disk) : described;
    }

    private String position(StoredDisk disk, SourceDocument source) {
        return switch (request.destination()) {
            case Destination.Attached(_, var positions) -> positions.getOrDefault(disk.name(), "");
            case Destination.DisksOnly _ -> "";
            case Destination.NewVm _, Destination.Original _, Destination.Replacement _ ->
                    source.positions().get(disk.name());
        };
    }

    private Optional<RestorePlan.Over> over(StoredDisk disk) throws IOException, InterruptedException {
        var base = request.bases().get(disk.name());
        if (base == null) {
            return Optional.empty();
        }
        var vdi = xapi.vdis().find(base.vdiUuid());
        if (vdi.isEmpty() || vdi.get().isTrackOnly()) {
            problems.add("the pool has no snapshot %s with data, to lay disk '%s' over; restore the whole disk"
                    .formatted(base.vdiUuid(), disk.name()));
        } else if (vdi.get().virtualSize() < disk.size() || base.differs().size() != disk.size()) {
            problems.add("the snapshot %s has %d bytes, disk '%s' has %d; restore the whole disk"
                    .formatted(base.vdiUuid(), vdi.get().virtualSize(), disk.name(), disk.size()));
        } else {
            return Optional.of(new RestorePlan.Over(vdi.get(), base));
        }
        return Optional.empty();
    }

    private Optional<Sr> storageOf(RestorePlan.Over over) {
        return pool.storages().stream().filter(sr -> sr.ref().equals(over.base().sr())).findFirst();
    }

    private void requireOneStream(List<RestorePlan.Disk> disks) {
        if (request.way() != RestoreRequest.Way.XVA) {
            return;
        }
        if (!request.destination().makesVm()) {
            problems.add("a stream of a whole VM makes a VM; restore single disks by disks");
        }
        if (request.destination() instanceof Destination.Replacement) {
            problems.add("a stream of a whole VM would remove the old one at its beginning; replace it by disks");
        }
        if (!request.bases().isEmpty()) {
            problems.add("a stream of a whole VM holds whole disks; lay differences over snapshots by disks");
        }
        if (disks.stream().map(disk -> disk.storage().ref()).distinct().count() > 1) {
            problems.add("a stream of a whole VM goes to one storage; name it, or restore by disks");
        }
        if (disks.isEmpty()) {
            problems.add("a stream of a whole VM needs a disk; restore by disks");
        }
    }

    private void requirePositions(List<RestorePlan.Disk> disks, Optional<Vm> existing)
            throws IOException, InterruptedException {
        if (!(request.destination() instanceof Destination.Attached(_, var positions)) || existing.isEmpty()) {
            return;
        }
        var free = xapi.vms().freeDiskPositions(existing.get().ref());
        for (var position : positions.values()) {
            if (!free.contains(position)) {
                problems.add("position %s of '%s' is taken or does not exist; these are free: %s".formatted(position,
                        existing.get().name(), String.join(", ", free.subList(0, Math.min(free.size(), 10)))));
            }
        }
        if (positions.values().stream().distinct().count() < positions.size() || free.size() < disks.size()) {
            problems.add("there are not as many positions as disks");
        }
    }

    private OvaDocument document(SourceDocument source, List<StoredDisk> stored) throws VmDescriptionException {
        var ova = source.ova();
        var host = ToolstackVersion.of(pool.coordinator());
        boolean newer = host.isPresent() && ova.toolstack().compareTo(host.get()) > 0;
        if (newer && !request.forOlderHost()) {
            problems.add(("the VM was described by a newer toolstack (%s) than the pool has (%s); restore it for an older"
                    + " host, which loses what that does not know").formatted(ova.toolstack(), host.get()));
        }
        var sizes = new LinkedHashMap<String, Long>();
        stored.forEach(disk -> sizes.put(source.positions().get(disk.name()), NewDisk.sizeFor(disk.size())));
        var uuid = vm.uuid().orElseGet(() -> UUID.randomUUID().toString());
        return new OvaEdit(uuid, vm.name(), false, sizes, host.filter(_ -> newer)).apply(ova);
    }

    /// From 8.1 on, which is version 2.14 of the API.
    private boolean readsXxhash() {
        var host = pool.coordinator();
        return host.api().compareTo(new ApiVersion(2, 14)) >= 0;
    }

    private void noteLosses(OvaDocument ova, Optional<Vm> existing) throws VmDescriptionException {
        if (ova.all("VBD").stream().anyMatch(vbd -> vbd.isCd() && !vbd.flag("empty"))) {
            notes.add("the CD drive is left empty");
        }
        if (!ova.all("VGPU").isEmpty()) {
            notes.add("virtual GPUs are not restored; add them by hand");
        }
        if (ova.machine().map("other_config").containsKey("pci")) {
            notes.add("PCI devices are not passed through to the restored VM");
        }
        if (!ova.machine().text("ha_restart_priority").isEmpty()) {
            notes.add("high availability leaves the restored VM alone; its priority was '%s'"
                    .formatted(ova.machine().text("ha_restart_priority")));
        }
        if (existing.isPresent() && !existing.get().snapshots().isEmpty()) {
            notes.add("%d snapshots of the old VM stay in the pool".formatted(existing.get().snapshots().size()));
        }
    }
}
