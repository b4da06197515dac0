package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.OvaDocument;
import io.xenolith.source.vm.description.VmDescriptionException;
import io.xenolith.source.xapi.records.PowerState;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xmlvalue.XmlValue;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds the VM that a restore concerns, and what it would clash with.
final class IdentityChecks {
    private static final Pattern UUID_TEXT = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final PoolState pool;
    private final StoredVm stored;
    private final List<String> problems;

    IdentityChecks(PoolState pool, StoredVm stored, List<String> problems) {
        this.pool = pool;
        this.stored = stored;
        this.problems = problems;
    }

    /// The VM that is replaced or attached to, if there has to be one.
    Optional<Vm> existing(Destination destination) {
        return switch (destination) {
            case Destination.NewVm(var name, _) -> {
                requireNewName(name);
                yield Optional.empty();
            }
            case Destination.Original _ -> {
                requireAbsent();
                yield Optional.empty();
            }
            case Destination.Replacement(boolean mayShutDown) -> replaced(mayShutDown);
            case Destination.Attached(var uuid, _) -> attachedTo(uuid);
            case Destination.DisksOnly _ -> Optional.empty();
        };
    }

    private void requireNewName(String name) {
        if (pool.vms().stream().anyMatch(vm -> !vm.isSnapshot() && vm.name().equals(name))) {
            problems.add("there is a VM or template '%s' already; choose another name".formatted(name));
        }
    }

    private void requireAbsent() {
        var uuid = stored.uuid().filter(text -> UUID_TEXT.matcher(text).matches());
        if (uuid.isEmpty()) {
            problems.add("the restore point does not know the uuid of a VM; restore as a new VM");
        } else if (pool.vm(uuid.get()).isPresent()) {
            problems.add("the VM '%s' (%s) is in the pool; replace it, or restore as a new VM"
                    .formatted(pool.vm(uuid.get()).get().name(), uuid.get()));
        }
    }

    private Optional<Vm> replaced(boolean mayShutDown) {
        var found = stored.uuid().flatMap(pool::vm);
        if (found.isEmpty()) {
            problems.add("the pool has no VM with the uuid of the restore point (%s) to replace; restore it as the original"
                    .formatted(stored.uuid().orElse("none")));
        } else if (!found.get().isMachine()) {
            problems.add("'%s' is no VM, but a template or a snapshot, and is not replaced".formatted(found.get().name()));
        } else {
            requireStill(found.get(), mayShutDown);
        }
        return found;
    }

    private void requireStill(Vm vm, boolean mayShutDown) {
        boolean runs = vm.powerState() == PowerState.RUNNING || vm.powerState() == PowerState.PAUSED;
        if (vm.powerState() == PowerState.SUSPENDED) {
            problems.add("'%s' is suspended; resume it or shut it down first".formatted(vm.name()));
        } else if (runs && !mayShutDown) {
            problems.add("'%s' is running; shut it down first, or allow it to be shut down".formatted(vm.name()));
        }
    }

    private Optional<Vm> attachedTo(String uuid) {
        var found = pool.vm(uuid);
        if (found.isEmpty() || !found.get().isMachine()) {
            problems.add("the pool has no VM %s to attach disks to".formatted(uuid));
            return Optional.empty();
        }
        return found;
    }

    /// A host refuses to give back a VM's identity while another one derives its addresses from the same seed.
    void requireOwnSeed(OvaDocument ova) throws VmDescriptionException {
        var seed = Optional.ofNullable(ova.machine().map("other_config").get("mac_seed")).flatMap(XmlValue::asText);
        for (var vm : pool.vms()) {
            boolean other = !vm.isSnapshot() && !vm.isControlDomain() && !stored.uuid().equals(Optional.of(vm.uuid()));
            if (other && seed.isPresent() && seed.get().equals(vm.otherConfig().get("mac_seed"))) {
                problems.add("'%s' has the same seed of MAC addresses; restore as a new VM".formatted(vm.name()));
            }
        }
    }
}
