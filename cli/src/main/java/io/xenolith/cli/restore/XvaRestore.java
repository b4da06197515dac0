package io.xenolith.cli.restore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.StaysOpen;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.image.DeviceName;
import io.xenolith.source.raw.SparseFileTarget;
import io.xenolith.source.raw.TargetOutput;
import io.xenolith.source.xva.NewDisk;
import io.xenolith.source.xva.NewOva;
import io.xenolith.source.xva.Ova;
import io.xenolith.source.xva.OvaDisk;
import io.xenolith.source.xva.OvaMachine;
import io.xenolith.source.xva.XvaFormat;
import io.xenolith.source.xva.XvaWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Restores a machine as an XVA archive.
///
/// The description that was backed up with the machine is written byte for byte if it fits what is restored: if it names
/// the wanted disks and no others. Otherwise the machine is described anew, by what is known of it.
///
/// @param disks those to restore
public record XvaRestore(Invocation run, OpenRepository open, RestorePoint point, List<PointDisk> disks, XvaFormat format,
        boolean aroundDamage) {

    /// The file of a restore point that describes its machine.
    public static final String OVA_XML = "ova.xml";

    /// An `ova.xml`, and which disk it means by which reference.
    private record Description(byte[] ovaXml, Map<String, PointDisk> byRef) {
    }

    /// Writes the archive.
    ///
    /// @param output a file or `-`
    /// @param force  whether a file is replaced
    /// @param asked  describes a machine of which nothing is known
    public List<RestoreCommand.Disk> to(String output, boolean force, XvaOptions asked) throws IOException, InterruptedException {
        var description = describe(asked);
        if (output.equals("-")) {
            var out = run.surroundings().out();
            var restored = write("standard output", new StaysOpen(out), description);
            out.flush();
            return restored;
        }
        try (var file = SparseFileTarget.growing(Path.of(output), force)) {
            var restored = write(output, new TargetOutput(file), description);
            file.commit();
            return restored;
        }
    }

    private List<RestoreCommand.Disk> write(String place, OutputStream out, Description description)
            throws IOException, InterruptedException {
        var restored = new ArrayList<RestoreCommand.Disk>();
        try (var xva = XvaWriter.open(out, description.ovaXml(), format);
                var progress = run.progress("restore " + point.vm())) {
            var restore = open.restore(progress);
            for (var disk : xva.ova().streamedDisks()) {
                var stored = description.byRef().get(disk.ref());
                try (var target = xva.disk(disk.ref(), disk.size())) {
                    var result = aroundDamage ? restore.restoreAroundDamage(stored.root(), target)
                            : restore.restore(stored.root(), target);
                    target.commit();
                    restored.add(RestoreCommand.disk(stored.name(), place, result));
                }
            }
            xva.finish();
        }
        return restored;
    }

    private Description describe(XvaOptions asked) throws IOException, InterruptedException {
        var kept = point.file(OVA_XML);
        if (kept.isEmpty()) {
            return anew(Optional.empty(), List.of(), asked);
        }
        if (asked.describes()) {
            throw new UsageException("the restore point %s has a description of its machine, which says how much memory and how"
                    + " many processors it has".formatted(point.id()));
        }
        var xml = open.read(kept.get());
        var ova = Ova.parse(xml);
        var byRef = match(ova);
        if (byRef.isPresent()) {
            return new Description(xml, byRef.get());
        }
        run.note("the description that was backed up names other disks than are restored, so the machine is described anew,"
                + " without its network");
        return anew(machine(ova), ova.streamedDisks(), asked);
    }

    /// Which disk each reference means, if the description names just the wanted disks, in their sizes.
    private Optional<Map<String, PointDisk>> match(Ova ova) {
        var byRef = new HashMap<String, PointDisk>();
        for (var disk : ova.streamedDisks()) {
            disks.stream().filter(stored -> isSame(stored, disk)).findAny().ifPresent(found -> byRef.put(disk.ref(), found));
        }
        boolean complete = byRef.size() == ova.streamedDisks().size()
                && byRef.values().stream().distinct().count() == disks.size();
        return complete ? Optional.of(byRef) : Optional.empty();
    }

    /// A guest may call its drives by other names than their positions have.
    private static boolean isSame(PointDisk stored, OvaDisk described) {
        boolean named = stored.name().equals(described.name()) || stored.name().equals(byPosition(described));
        return named && stored.size() == described.size();
    }

    private static String byPosition(OvaDisk described) {
        return described.userdevice().matches("\\d{1,2}") ? DeviceName.at(Integer.parseInt(described.userdevice())) : "";
    }

    private Optional<OvaMachine> machine(Ova ova) {
        return ova.machines().stream().filter(machine -> point.machine().uuid().filter(machine.uuid()::equals).isPresent())
                .findAny();
    }

    private Description anew(Optional<OvaMachine> known, List<OvaDisk> knownDisks, XvaOptions asked) {
        var newDisks = new ArrayList<NewDisk>();
        for (var disk : disks) {
            var described = knownDisks.stream().filter(candidate -> isSame(disk, candidate)).findAny();
            int position = position(newDisks, described);
            newDisks.add(new NewDisk(uuid(disk.uuid(), disk.name()), disk.label().orElse(disk.name()),
                    NewDisk.sizeFor(disk.size()), position, described.map(OvaDisk::bootable).orElse(newDisks.isEmpty())));
        }
        var ova = new NewOva(uuid(point.machine().uuid(), "machine"), point.vm(), known.map(OvaMachine::description).orElse(""),
                known.map(OvaMachine::memoryBytes).orElse(asked.memoryBytes()),
                known.map(machine -> (int) machine.vcpus()).orElse(asked.processors()),
                known.map(machine -> machine.firmware().equals("uefi") ? NewOva.Firmware.UEFI : NewOva.Firmware.BIOS)
                        .orElse(asked.startedBy()), newDisks);
        var byRef = new HashMap<String, PointDisk>();
        for (int i = 0; i < ova.disks().size(); i++) {
            byRef.put(ova.diskRef(i), disks.get(newDisks.indexOf(ova.disks().get(i))));
        }
        return new Description(ova.xml(), byRef);
    }

    /// The position that it had, or the next one that is free.
    private static int position(List<NewDisk> taken, Optional<OvaDisk> described) {
        var before = described.map(OvaDisk::userdevice).filter(text -> text.matches("\\d{1,2}")).map(Integer::valueOf);
        if (before.isPresent() && taken.stream().noneMatch(disk -> disk.position() == before.get())) {
            return before.get();
        }
        int next = 0;
        while (isTaken(taken, next)) {
            next++;
        }
        return next;
    }

    private static boolean isTaken(List<NewDisk> taken, int position) {
        return taken.stream().anyMatch(disk -> disk.position() == position);
    }

    private UUID uuid(Optional<String> known, String part) {
        try {
            return UUID.fromString(known.orElse(""));
        } catch (IllegalArgumentException _) {
            return UUID.nameUUIDFromBytes("xenolith/%s/%s".formatted(point.vm(), part).getBytes(UTF_8));
        }
    }
}
