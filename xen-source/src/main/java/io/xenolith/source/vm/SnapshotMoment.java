package io.xenolith.source.vm;

import io.xenolith.engine.point.Consistency;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.error.UnavailableException;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// The moment that a backup shows: the user's commands, and the snapshot between them.
///
/// @param notes takes what was done otherwise than asked
record SnapshotMoment(Xapi xapi, BackupRequest request, Vm vm, VmDisks disks, List<String> notes) {

    /// @param consistency the state in which the disks are in it
    record Taken(Ref<Vm> ref, Consistency consistency) {
    }

    /// Takes the snapshot. The commands for afterwards are run even if it fails: whatever was halted has to go on.
    Taken take(String name) throws IOException, InterruptedException {
        boolean scripted;
        Ref<Vm> snapshot = Ref.none();
        boolean quiesced = false;
        try {
            scripted = run(request.before());
            if (request.quiesce()) {
                snapshot = quiesced(name);
                quiesced = !snapshot.isNone();
            }
            if (snapshot.isNone()) {
                snapshot = plain(name);
            }
        } finally {
            runAfterwards(snapshot);
        }
        return new Taken(snapshot, quiesced ? Consistency.QUIESCED : scripted ? Consistency.SCRIPTED : Consistency.CRASH);
    }

    /// A required command that fails after the snapshot takes that with it.
    private void runAfterwards(Ref<Vm> snapshot) throws IOException, InterruptedException {
        boolean interrupted = Thread.interrupted();
        try {
            run(request.after());
        } catch (IOException | InterruptedException e) {
            if (!snapshot.isNone()) {
                new OwnSnapshots(xapi, "").remove(xapi.vms().get(snapshot));
            }
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// @return whether there were commands, and all of them did their work
    private boolean run(List<Hook> hooks) throws IOException, InterruptedException {
        boolean all = !hooks.isEmpty();
        for (var hook : hooks) {
            var failure = hook.run(Map.of("XENOLITH_VM", vm.name(), "XENOLITH_VM_UUID", vm.uuid()));
            if (failure.isPresent() && hook.required()) {
                throw new IOException("the backup of '%s' was given up: the command %s".formatted(vm.name(), failure.get()));
            }
            failure.ifPresent(reason -> notes.add("A command failed, and the backup went on: " + reason));
            all &= failure.isEmpty();
        }
        return all;
    }

    private Ref<Vm> quiesced(String name) throws IOException, InterruptedException {
        try {
            return xapi.vms().snapshotQuiesced(vm.ref(), name);
        } catch (XapiException e) {
            notes.add("The guest was not brought to rest, and the snapshot is as after a power failure: " + e.getMessage());
            return Ref.none();
        }
    }

    private Ref<Vm> plain(String name) throws IOException, InterruptedException {
        if (!disks.unwanted().isEmpty()) {
            try {
                return xapi.vms().snapshot(vm.ref(), name, disks.unwanted());
            } catch (UnavailableException e) {
                // a host that cannot leave disks out: they are in the snapshot, and are not read
            }
        }
        return xapi.vms().snapshot(vm.ref(), name, List.of());
    }
}
