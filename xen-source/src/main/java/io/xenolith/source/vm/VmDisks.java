package io.xenolith.source.vm;

import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.source.image.DeviceName;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.error.GoneException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.StorageDriver;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The disks of a machine: those to back up, and those that are left out, each with its reason.
///
/// @param wanted   in the order of their positions
/// @param skipped  for the restore point
/// @param unwanted that a snapshot need not have
record VmDisks(List<VmDisk> wanted, List<SkippedDisk> skipped, List<Ref<Vdi>> unwanted) {

    /// Asks the pool.
    ///
    /// @param excluded as in [BackupRequest]
    /// @throws VmNotReadyException if a disk to exclude is not there, or none is left
    static VmDisks of(Xapi xapi, Vm vm, List<String> excluded) throws IOException, InterruptedException {
        return new Finder(xapi, excluded).find(vm);
    }

    private static final class Finder {
        private final Xapi xapi;
        private final List<String> excluded;
        private final Set<String> usedExclusions = new HashSet<>();
        private final Map<Ref<Sr>, Sr> storages = new HashMap<>();
        private final Map<String, StorageDriver> drivers = new HashMap<>();
        private final List<VmDisk> wanted = new ArrayList<>();
        private final List<SkippedDisk> skipped = new ArrayList<>();
        private final List<Ref<Vdi>> unwanted = new ArrayList<>();

        Finder(Xapi xapi, List<String> excluded) {
            this.xapi = xapi;
            this.excluded = excluded;
        }

        VmDisks find(Vm vm) throws IOException, InterruptedException {
            for (var driver : xapi.srs().drivers()) {
                drivers.put(driver.type(), driver);
            }
            var vbds = xapi.vbds().existing(vm.vbds()).stream().sorted(Comparator.comparingInt(VmDisks::position)).toList();
            for (var vbd : vbds) {
                sort(vbd);
            }
            var unknown = excluded.stream().filter(wish -> !wish.startsWith("tag:") && !usedExclusions.contains(wish)).findFirst();
            if (unknown.isPresent()) {
                throw new VmNotReadyException(vm.name(), "it has no disk '%s' to exclude".formatted(unknown.get()));
            }
            if (wanted.isEmpty()) {
                throw new VmNotReadyException(vm.name(), skipped.isEmpty() ? "it has no disks" : "all its disks are left out: "
                        + skipped.getFirst().name() + ", " + skipped.getFirst().reason());
            }
            return new VmDisks(List.copyOf(wanted), List.copyOf(skipped), List.copyOf(unwanted));
        }

        private void sort(Vbd vbd) throws IOException, InterruptedException {
            var name = name(vbd);
            if (vbd.type() == Vbd.Type.CD) {
                skipped.add(new SkippedDisk(name, vbd.empty() ? "it is an empty CD drive" : "it is a CD drive"));
                return;
            }
            if (!vbd.isDisk()) {
                skipped.add(new SkippedDisk(name, "no disk is attached there"));
                return;
            }
            Vdi vdi;
            try {
                vdi = xapi.vdis().get(vbd.vdi());
            } catch (GoneException e) {
                skipped.add(new SkippedDisk(name, "its disk is gone from the pool"));
                return;
            }
            var disk = new VmDisk(name, vbd, vdi, storage(vdi.sr()));
            var reason = reasonToSkip(disk);
            if (reason.isPresent()) {
                skipped.add(new SkippedDisk(name, reason.get()));
                unwanted.add(vdi.ref());
            } else {
                wanted.add(disk);
            }
        }

        private Sr storage(Ref<Sr> ref) throws IOException, InterruptedException {
            var known = storages.get(ref);
            if (known == null) {
                known = xapi.srs().get(ref);
                storages.put(ref, known);
            }
            return known;
        }

        private Optional<String> reasonToSkip(VmDisk disk) throws IOException {
            var exclusion = exclusion(disk);
            if (exclusion.isPresent()) {
                return exclusion;
            }
            if (!disk.sr().holdsDisks()) {
                return Optional.of("it lies on '%s' of type %s, which holds no disks of machines"
                        .formatted(disk.sr().name(), disk.sr().type()));
            }
            var driver = drivers.get(disk.sr().type());
            if (driver != null && !driver.features().contains("VDI_SNAPSHOT")) {
                return Optional.of("its storage '%s' of type %s takes no snapshots".formatted(disk.sr().name(), disk.sr().type()));
            }
            if (disk.vdi().missing()) {
                return Optional.of("its storage has lost it");
            }
            if (disk.vdi().sharable()) {
                return Optional.of("it is shared by machines, and such disks take no snapshots");
            }
            return disk.vdi().raw().text("on_boot", "persist").equals("reset")
                    ? Optional.of("it is reset at each start of the machine") : Optional.empty();
        }

        private Optional<String> exclusion(VmDisk disk) throws IOException {
            for (var wish : excluded) {
                boolean meant = wish.equals(disk.name()) || wish.equals(disk.vbd().userDevice())
                        || wish.equals(disk.vdi().name()) || wish.equalsIgnoreCase(disk.vdi().uuid())
                        || wish.startsWith("tag:") && disk.vdi().raw().texts("tags").contains(wish.substring("tag:".length()));
                if (meant) {
                    usedExclusions.add(wish);
                    return Optional.of("excluded by " + wish);
                }
            }
            return Optional.empty();
        }
    }

    private static int position(Vbd vbd) {
        try {
            return Integer.parseInt(vbd.userDevice());
        } catch (NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }

    /// Positions are the same whether a machine runs or not, devices are known of running ones only; so the name goes by
    /// the position.
    private static String name(Vbd vbd) {
        int position = position(vbd);
        return position == Integer.MAX_VALUE ? vbd.userDevice() : DeviceName.at(position);
    }
}
