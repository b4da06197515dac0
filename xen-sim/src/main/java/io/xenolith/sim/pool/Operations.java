package io.xenolith.sim.pool;

import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which operations an object allows now. Under the database's lock. Checks come in the hosts' order: blocked operations,
/// power state, what else is under way, templates and snapshots.
public final class Operations {
    private enum State { HALTED, PAUSED, RUNNING, SUSPENDED }

    private static final Set<State> ANY = EnumSet.allOf(State.class);
    private static final Map<String, Set<State>> POWER = Map.ofEntries(
            Map.entry("snapshot", ANY), Map.entry("metadata_export", ANY), Map.entry("revert", ANY),
            Map.entry("checkpoint", EnumSet.of(State.RUNNING, State.PAUSED, State.SUSPENDED)),
            Map.entry("snapshot_with_quiesce", EnumSet.of(State.RUNNING)),
            Map.entry("export", EnumSet.of(State.HALTED, State.SUSPENDED)),
            Map.entry("destroy", EnumSet.of(State.HALTED, State.SUSPENDED)),
            Map.entry("clone", EnumSet.of(State.HALTED)), Map.entry("copy", EnumSet.of(State.HALTED)),
            Map.entry("provision", EnumSet.of(State.HALTED)), Map.entry("start", EnumSet.of(State.HALTED)),
            Map.entry("clean_shutdown", EnumSet.of(State.RUNNING)), Map.entry("clean_reboot", EnumSet.of(State.RUNNING)),
            Map.entry("hard_shutdown", EnumSet.of(State.RUNNING, State.PAUSED, State.SUSPENDED)),
            Map.entry("pool_migrate", EnumSet.of(State.RUNNING)), Map.entry("suspend", EnumSet.of(State.RUNNING)),
            Map.entry("resume", EnumSet.of(State.SUSPENDED)), Map.entry("pause", EnumSet.of(State.RUNNING)),
            Map.entry("unpause", EnumSet.of(State.PAUSED)));
    private static final Set<String> OF_SNAPSHOTS =
            Set.of("revert", "clone", "copy", "export", "destroy", "hard_shutdown", "metadata_export");
    private static final Set<String> OF_TEMPLATES =
            Set.of("clone", "copy", "export", "metadata_export", "provision", "destroy");
    private static final List<Set<String>> MAY_OVERLAP = List.of(Set.of("clone", "copy", "export"),
            Set.of("snapshot", "checkpoint"), Set.of("metadata_export", "migrate_send"));

    private final Database database;
    private final long queueMillis;

    Operations(Database database, long queueMillis) {
        this.database = database;
        this.queueMillis = queueMillis;
    }

    /// An operation under way; closing it ends it, under the lock or not.
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /// Begins `operation` on a VM, after queueing behind others for a while.
    ///
    /// @param ref what `current_operations` calls it
    public Hold beginOnVm(Row vm, String operation, String ref) throws InterruptedException {
        requireNotBlocked(vm, operation);
        requirePowerState(vm, operation);
        requireFree(vm, operation);
        requireKind(vm, operation);
        return hold(vm, operation, ref);
    }

    private static void requireNotBlocked(Row vm, String operation) {
        var reason = vm.map("blocked_operations").get(operation);
        if (reason != null) {
            throw new XapiFailure("OPERATION_BLOCKED", vm.ref(), reason);
        }
    }

    private static void requirePowerState(Row vm, String operation) {
        var state = State.valueOf(vm.text("power_state").toUpperCase(Locale.ROOT));
        var allowed = POWER.getOrDefault(operation, ANY);
        boolean ofSnapshot = vm.flag("is_a_snapshot") && (state == State.SUSPENDED || operation.equals("hard_shutdown"));
        if (!allowed.contains(state) && !ofSnapshot) {
            throw badPowerState(vm, allowed.iterator().next().name());
        }
    }

    /// The failure of an operation that needs the VM in another state.
    public static XapiFailure badPowerState(Row vm, String expected) {
        return new XapiFailure("VM_BAD_POWER_STATE", vm.ref(), expected.toLowerCase(Locale.ROOT),
                vm.text("power_state").toLowerCase(Locale.ROOT));
    }

    private static void requireKind(Row vm, String operation) {
        if (vm.flag("is_a_snapshot")) {
            if (!OF_SNAPSHOTS.contains(operation)) {
                throw new XapiFailure("VM_IS_SNAPSHOT", vm.ref(), operation);
            }
        } else if (vm.flag("is_a_template") && !OF_TEMPLATES.contains(operation)) {
            throw new XapiFailure("VM_IS_TEMPLATE", vm.ref(), operation);
        }
    }

    /// Begins `operation` on a disk, which takes no second one but a copy beside a copy.
    public Hold beginOnVdi(Row vdi, String operation, String ref) throws InterruptedException {
        requireFree(vdi, operation);
        return hold(vdi, operation, ref);
    }

    private void requireFree(Row row, String operation) throws InterruptedException {
        if (!database.await(queueMillis, () -> isFree(row, operation))) {
            throw new XapiFailure("OTHER_OPERATION_IN_PROGRESS", row.cls(), row.ref());
        }
        database.get(row.cls(), row.ref()); // it may have gone in the meantime
    }

    private static boolean isFree(Row row, String operation) {
        return row.map("current_operations").values().stream().allMatch(other -> overlaps(row.cls(), operation, other));
    }

    private static boolean overlaps(String cls, String one, String other) {
        return cls.equals("VDI")
                ? one.equals("copy") && other.equals("copy")
                : MAY_OVERLAP.stream().anyMatch(group -> group.contains(one) && group.contains(other));
    }

    private Hold hold(Row row, String operation, String ref) {
        row.put("current_operations", ref, operation);
        return () -> {
            database.lock().lock();
            try {
                row.remove("current_operations", ref);
            } finally {
                database.lock().unlock();
            }
        };
    }

    /// The operations that `VM.allowed_operations` lists for the VM as it is.
    public static List<String> allowed(Row vm) {
        return POWER.keySet().stream().filter(operation -> isAllowed(vm, operation)).sorted().toList();
    }

    private static boolean isAllowed(Row vm, String operation) {
        try {
            requireNotBlocked(vm, operation);
            requirePowerState(vm, operation);
            requireKind(vm, operation);
            return isFree(vm, operation);
        } catch (XapiFailure _) {
            return false;
        }
    }

    /// Whether some VM but a snapshot has the disk attached.
    public static boolean isAttached(Row vdi) {
        return vdi.followAll("VBDs").stream().anyMatch(Operations::isAttachedByVm);
    }

    private static boolean isAttachedByVm(Row vbd) {
        return vbd.flag("currently_attached") && vbd.follow("VM") != null && !vbd.follow("VM").flag("is_a_snapshot");
    }

    /// @throws XapiFailure `VDI_IN_USE` if the disk is attached
    public static void requireDetached(Row vdi, String operation) {
        if (isAttached(vdi)) {
            throw new XapiFailure("VDI_IN_USE", vdi.ref(), operation);
        }
    }

    /// @throws XapiFailure `VDI_IN_USE` if the disk is attached to be written
    public static void requireNoWriter(Row vdi, String operation) {
        if (vdi.followAll("VBDs").stream().anyMatch(vbd -> isAttachedByVm(vbd) && vbd.text("mode").equals("RW"))) {
            throw new XapiFailure("VDI_IN_USE", vdi.ref(), operation);
        }
    }
}
