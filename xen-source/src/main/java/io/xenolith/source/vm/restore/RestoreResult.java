package io.xenolith.source.vm.restore;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a restore made.
///
/// @param vm        that was made, or that disks were attached to
/// @param bytesSent to the pool, formats included
/// @param notes     what is otherwise than in the restore point, as sentences
public record RestoreResult(Optional<RestoredVm> vm, List<RestoredVdi> disks, long bytesSent, Duration duration,
        List<String> notes) {

    public record RestoredVm(Ref<Vm> ref, String uuid, String name) {
    }

    /// @param name in the restore point
    public record RestoredVdi(String name, Ref<Vdi> ref, String uuid) {
    }

    public RestoreResult {
        disks = List.copyOf(disks);
        notes = List.copyOf(notes);
    }
}
