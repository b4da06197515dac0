package io.xenolith.source.vm.restore;

import io.xenolith.engine.Progress;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.source.xapi.Imports;
import io.xenolith.source.xapi.NewVbd;
import io.xenolith.source.xapi.NewVif;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.PowerState;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xva.ChunkChecksum;
import io.xenolith.source.xva.Compression;
import io.xenolith.source.xva.XvaFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One restore: does what is planned, in the order in which a failure costs least.
final class RestoreRun {
    /// A host takes what streams it is given; each costs its control domain a processor.
    private static final int DISKS_AT_ONCE = 4;

    /// Tells command lines that the disk goes when its VM goes.
    private static final Map<String, String> OWNED = Map.of("owner", "");

    private final Xapi xapi;
    private final RestorePlan plan;
    private final Sent sent;
    private final Mark mark = new Mark();
    private final List<String> notes;
    private final Optional<ReplacedVm> replaced;

    RestoreRun(Xapi xapi, RestorePlan plan, Progress progress) {
        this.xapi = xapi;
        this.plan = plan;
        this.sent = new Sent(progress);
        this.notes = Collections.synchronizedList(new ArrayList<>(plan.notes()));
        this.replaced = plan.existing().filter(_ -> plan.request().destination() instanceof Destination.Replacement)
                .map(vm -> new ReplacedVm(xapi, vm));
    }

    RestoreResult run() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Made made;
        Optional<RestoreResult.RestoredVm> vm;
        try {
            made = make();
            vm = complete(made);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (IOException | RuntimeException e) {
            if (Thread.interrupted()) { // what breaks a stream does not say so by its type
                throw interrupted(e);
            }
            throw new RestoreFailedException(plan.vm().name(), e, undo());
        }
        tidy(made);
        return new RestoreResult(vm, disks(made), sent.bytes(), Duration.ofNanos(System.nanoTime() - begun), notes);
    }

    private InterruptedException interrupted(Exception cause) {
        var interrupted = new InterruptedException("the restore of '%s' was interrupted".formatted(plan.vm().name()));
        interrupted.initCause(cause);
        var left = undo();
        if (!left.isEmpty()) {
            interrupted.addSuppressed(new RestoreFailedException(plan.vm().name(), cause, left));
        }
        return interrupted;
    }

    /// @param disks in the order of the plan's
    private record Made(Optional<Ref<Vm>> vm, List<Vdi> disks) {
        List<Ref<Vdi>> refs() {
            return disks.stream().map(Vdi::ref).toList();
        }
    }

    private Made make() throws IOException, InterruptedException {
        return switch (plan.request().destination()) {
            case Destination.DisksOnly _ -> new Made(Optional.empty(), uploadDisks());
            case Destination.Attached _ -> attach(uploadDisks());
            case Destination.NewVm _, Destination.Original _, Destination.Replacement _ -> {
                var made = plan.request().way() == RestoreRequest.Way.XVA ? importStream() : importAfterDisks();
                addCards(made.vm().orElseThrow());
                yield made;
            }
        };
    }

    private List<Vdi> uploadDisks() throws IOException, InterruptedException {
        var upload = new DiskUpload(xapi, mark, sent, notes);
        return eachDisk(index -> {
            var disk = plan.disks().get(index);
            var vdi = upload.upload(disk);
            compare(disk, vdi);
            return vdi;
        });
    }

    private interface DiskStep<T> {
        T run(int index) throws IOException, InterruptedException;
    }

    private <T> List<T> eachDisk(DiskStep<T> step) throws IOException, InterruptedException {
        var tasks = IntStream.range(0, plan.disks().size()).<Callable<T>>mapToObj(index -> () -> step.run(index)).toList();
        return tasks.isEmpty() ? List.of() : Crew.all("restore-disk", Math.min(DISKS_AT_ONCE, tasks.size()), tasks);
    }

    private void compare(RestorePlan.Disk disk, Vdi vdi) throws IOException, InterruptedException {
        if (plan.request().verify()) {
            new Comparison(xapi).require(disk.stored(), vdi);
        }
    }

    private Made attach(List<Vdi> disks) throws IOException, InterruptedException {
        var vm = plan.existing().orElseThrow();
        boolean runs = xapi.vms().get(vm.ref()).powerState() == PowerState.RUNNING;
        for (int i = 0; i < disks.size(); i++) {
            var disk = plan.disks().get(i);
            var vbd = xapi.vbds().create(new NewVbd(vm.ref(), disks.get(i).ref(),
                    disk.position().isEmpty() ? "autodetect" : disk.position(), false, disk.readOnly(), OWNED));
            if (runs) {
                Patience.run(() -> xapi.vbds().plug(vbd));
            }
        }
        return new Made(Optional.of(vm.ref()), disks);
    }

    private Made importAfterDisks() throws IOException, InterruptedException {
        var disks = uploadDisks();
        var byPosition = new LinkedHashMap<String, Vdi>();
        for (int i = 0; i < disks.size(); i++) {
            byPosition.put(plan.disks().get(i).position(), disks.get(i));
        }
        if (replaced.isPresent()) {
            replaced.get().stepAside();
        }
        var tar = OvaTar.of(new ImportDocument(plan, workingName(), mark).withDisksAt(byPosition));
        var vm = only(Uninterrupted.get(() -> xapi.imports().metadata(tar, identity(), Map.of())));
        keepOldDisks(vm);
        return new Made(Optional.of(vm), disks);
    }

    private Made importStream() throws IOException, InterruptedException {
        var storage = plan.disks().getFirst().storage();
        var document = new ImportDocument(plan, workingName(), mark).withData(mark);
        var vm = only(send(StoredXva.of(document, stored()), storage.ref()));
        var byPosition = new LinkedHashMap<String, Vdi>();
        for (var vbd : xapi.vbds().existing(xapi.vms().get(vm).vbds())) {
            if (vbd.isDisk()) {
                byPosition.put(vbd.userDevice(), xapi.vdis().get(vbd.vdi()));
            }
        }
        var disks = new ArrayList<Vdi>();
        for (var disk : plan.disks()) {
            disks.add(Optional.ofNullable(byPosition.get(disk.position())).orElseThrow(() -> new IOException(
                    "the imported VM has no disk at position " + disk.position())));
        }
        eachDisk(index -> {
            compare(plan.disks().get(index), disks.get(index));
            return null;
        });
        return new Made(Optional.of(vm), disks);
    }

    private Map<String, StoredDisk> stored() {
        return plan.disks().stream().collect(Collectors.toMap(RestorePlan.Disk::position, RestorePlan.Disk::stored));
    }

    private List<Ref<Vm>> send(StoredXva xva, Ref<Sr> storage) throws IOException, InterruptedException {
        var checksum = plan.readsXxhash() ? ChunkChecksum.XXHASH : ChunkChecksum.SHA1;
        sent.expect(xva.length());
        try (var upload = Uninterrupted.get(() -> xapi.imports().vm(storage, identity(), xva.length()))) {
            xva.writeTo(sent.counting(upload), new XvaFormat(Compression.NONE, checksum));
            return upload.finish();
        }
    }

    private String workingName() {
        return plan.name() + " (being restored)";
    }

    private Imports.Identity identity() {
        return plan.request().keepsIdentity() ? Imports.Identity.RESTORED : Imports.Identity.NEW;
    }

    private static Ref<Vm> only(List<Ref<Vm>> vms) throws IOException {
        if (vms.size() != 1) {
            throw new IOException("the import made %d VMs; expected one".formatted(vms.size()));
        }
        return vms.getFirst();
    }

    private void addCards(Ref<Vm> vm) throws IOException, InterruptedException {
        for (var card : plan.cards()) {
            xapi.vifs().create(new NewVif(vm, card.network().ref(), card.device(), card.mac(), card.mtu(),
                    card.otherConfig()));
        }
    }

    private void keepOldDisks(Ref<Vm> vm) throws IOException, InterruptedException {
        for (var kept : replaced.map(old -> old.kept(positions())).orElse(List.of())) {
            var drive = kept.drive();
            xapi.vbds().create(new NewVbd(vm, kept.vdi().ref(), drive.userDevice(), drive.bootable(), drive.readOnly(),
                    drive.otherConfig()));
            notes.add("disk '%s' (%s) at position %s is not restored, and stays as it is"
                    .formatted(kept.vdi().name(), kept.vdi().uuid(), drive.userDevice()));
        }
    }

    private Set<String> positions() {
        return plan.disks().stream().map(RestorePlan.Disk::position).collect(Collectors.toSet());
    }

    /// Gives the VM its name and takes the marks off: from then on the restore is whole.
    private Optional<RestoreResult.RestoredVm> complete(Made made) throws IOException, InterruptedException {
        if (made.vm().isEmpty()) {
            mark.release(xapi, made.refs(), List.of());
            return Optional.empty();
        }
        var vm = made.vm().get();
        if (plan.request().destination().makesVm()) {
            if (plan.request().destination() instanceof Destination.NewVm(_, boolean template) && template) {
                xapi.vms().setTemplate(vm, true);
            }
            xapi.vms().setName(vm, plan.name());
        }
        var restored = new RestoreResult.RestoredVm(vm, xapi.vms().get(vm).uuid(), plan.name());
        mark.release(xapi, made.refs(), plan.request().destination().makesVm() ? List.of(vm) : List.of());
        return Optional.of(restored);
    }

    private List<RestoreResult.RestoredVdi> disks(Made made) {
        var disks = new ArrayList<RestoreResult.RestoredVdi>();
        for (int i = 0; i < made.disks().size(); i++) {
            var vdi = made.disks().get(i);
            disks.add(new RestoreResult.RestoredVdi(plan.disks().get(i).stored().name(), vdi.ref(), vdi.uuid()));
        }
        return disks;
    }

    /// What is left to do once the restore is whole, which it stays even if this fails.
    private void tidy(Made made) {
        try {
            if (replaced.isPresent()) {
                notes.addAll(replaced.get().removeDisks(positions()));
            }
            if (plan.request().start() && plan.request().destination().makesVm()) {
                start(made.vm().orElseThrow());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            notes.add("interrupted when all was restored: the VM may not have been started, and old disks may be left");
        }
    }

    private void start(Ref<Vm> vm) throws InterruptedException {
        try {
            Patience.run(() -> xapi.vms().start(vm));
        } catch (IOException e) {
            notes.add("the VM is restored, but does not start: " + e.getMessage());
        }
    }

    /// Removes what was made and puts the replaced VM back, interrupted or not.
    ///
    /// @return what could not be undone, as sentences
    private List<String> undo() {
        try {
            return Uninterrupted.get(() -> {
                var left = new ArrayList<>(mark.removeAll(xapi));
                if (replaced.isPresent()) {
                    left.addAll(replaced.get().putBack());
                }
                return left;
            });
        } catch (IOException e) {
            return List.of(e.getMessage());
        }
    }
}
