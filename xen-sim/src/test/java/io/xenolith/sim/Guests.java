package io.xenolith.sim;

import java.io.IOException;
import java.util.Random;

/// VMs with a little content.
final class Guests {
    static final int MIB = 1 << 20;

    private Guests() {}

    /// A VM `web-01` with disks of 8 and 4 MiB: some data at the start and the end, zeros between.
    static SimulatedVm web(SimulatedPool pool) throws IOException {
        var vm = pool.addVm("web-01", 8 * MIB, 4 * MIB);
        for (var disk : vm.disks()) {
            disk.write(0, noise(MIB + 512));
            disk.write(disk.size() - 4096, noise(4096));
        }
        vm.setPowerState("Running");
        return vm;
    }

    static byte[] noise(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
