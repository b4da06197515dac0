package io.xenolith.sim;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Inventory;
import io.xenolith.sim.pool.MacAddress;
import io.xenolith.sim.pool.Pool;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// A VM of a simulated pool, seen from the side of its guest and of whoever furnishes the pool.
public final class SimulatedVm {
    private final Pool pool;
    private final Row row;

    SimulatedVm(Pool pool, Row row) {
        this.pool = pool;
        this.row = row;
    }

    public String uuid() {
        return row.uuid();
    }

    /// The disks by position, without CDs.
    public List<SimulatedDisk> disks() throws IOException {
        return pool.uninterrupted(() -> row.followAll("VBDs").stream()
                .filter(vbd -> !vbd.text("type").equals("CD") && !vbd.isNull("VDI"))
                .sorted((a, b) -> Integer.compare(position(a), position(b)))
                .map(vbd -> new SimulatedDisk(pool, vbd.follow("VDI"))).toList());
    }

    private static int position(Row vbd) {
        return Integer.parseInt(vbd.text("userdevice"));
    }

    /// Adds a disk of zeros on the pool's default storage.
    public SimulatedDisk addDisk(long bytes) throws IOException {
        return addDisk(bytes, pool.uninterrupted(() -> pool.row().follow("default_SR").uuid()));
    }

    /// Adds a disk of zeros on a storage repository, at the lowest free position.
    public SimulatedDisk addDisk(long bytes, String srUuid) throws IOException {
        return pool.uninterrupted(() -> {
            int position = 0;
            while (isTaken(position)) {
                position++;
            }
            var vdi = pool.storage().create(pool.database().byUuid("SR", srUuid), bytes,
                    Map.of("name_label", row.text("name_label") + " disk " + position, "type", "user"));
            pool.database().create("VBD", Map.of("VM", row.ref(), "VDI", vdi.ref(), "userdevice", Integer.toString(position),
                    "device", "xvd" + (char) ('a' + position), "bootable", position == 0, "mode", "RW", "type", "Disk",
                    "other_config", Map.of("owner", ""), "currently_attached", isRunning()));
            return new SimulatedDisk(pool, vdi);
        });
    }

    private boolean isTaken(int position) {
        return row.followAll("VBDs").stream().anyMatch(vbd -> position(vbd) == position);
    }

    private boolean isRunning() {
        return row.text("power_state").equals("Running");
    }

    /// Adds a card on the management network.
    public void addNetworkCard() throws IOException {
        pool.uninterrupted(() -> {
            int device = row.texts("VIFs").size();
            var mac = MacAddress.derive(row.uuid(), Integer.toString(device));
            return pool.database().create("VIF", Map.of("VM", row.ref(), "device", Integer.toString(device),
                    "network", Inventory.managementNetwork(pool).ref(), "MTU", 1500L, "MAC", mac));
        });
    }

    /// Puts the guest into `Running`, `Paused`, `Halted` or `Suspended`; the first two attach its disks.
    public void setPowerState(String state) throws IOException {
        pool.uninterrupted(() -> {
            pool.power().enter(row, state);
            return null;
        });
    }
}
