package io.xenolith.source.vm;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.Map;

/// The files that describe a machine beside its disks.
final class MachineFiles {

    private MachineFiles() {
    }

    static Map<String, byte[]> of(Xapi xapi, Vm vm, Vm snapshot, VmDisks disks) throws IOException, InterruptedException {
        return Map.of();
    }
}
