package io.xenolith.source.vm.restore;

import java.util.Map;

/// What becomes of the disks of a restore point.
public sealed interface Destination {

    /// A VM beside all others, with a uuid of its own.
    ///
    /// @param template whether it is to be a template
    record NewVm(String name, boolean template) implements Destination {
    }

    /// The VM under its own uuid, name and MAC addresses, where the pool has none of that uuid.
    record Original() implements Destination {
    }

    /// The VM in the place of the one with its uuid. That is renamed meanwhile, and its disks are removed when the
    /// restore is whole; disks at positions that are not restored are kept and stay where they are.
    ///
    /// @param mayShutDown whether it may be shut down if it runs; otherwise that is refused
    record Replacement(boolean mayShutDown) implements Destination {
    }

    /// Disks of a VM that is there already, beside its own.
    ///
    /// @param positions by the disks' names; those that are not named take free ones
    record Attached(String vmUuid, Map<String, String> positions) implements Destination {
        public Attached {
            positions = Map.copyOf(positions);
        }
    }

    /// Disks of no VM.
    record DisksOnly() implements Destination {
    }

    /// Whether there will be a VM that is made by the restore.
    default boolean makesVm() {
        return switch (this) {
            case NewVm _, Original _, Replacement _ -> true;
            case Attached _, DisksOnly _ -> false;
        };
    }
}
