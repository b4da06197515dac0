package io.xenolith.source.vm.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.MapBuilder;
import io.xenolith.engine.store.MemoryChunkStore;
import io.xenolith.sim.XenVersion;
import io.xenolith.sim.pool.SrKind;
import io.xenolith.source.vm.description.OvaDocument;
import io.xenolith.source.vm.description.OvaObject;
import io.xenolith.source.vm.description.ToolstackVersion;
import io.xenolith.source.vm.restore.RestoreRequest.Cards;
import io.xenolith.source.vm.restore.RestoreRequest.Storages;
import io.xenolith.source.vm.restore.RestoreRequest.Way;
import io.xenolith.source.xapi.Imports;
import io.xenolith.source.xapi.records.PowerState;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vif;
import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xva.ChunkChecksum;
import io.xenolith.source.xva.Compression;
import io.xenolith.source.xva.NewOva;
import io.xenolith.source.xva.XvaFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a restore makes.
class VmRestoreTest extends RestoreTest {
    private static final Destination COPY = new Destination.NewVm("web again", false);

    @ParameterizedTest
    @EnumSource(XenVersion.class)
    void aVmComesBackBesideItselfByDisks(XenVersion version) throws IOException, InterruptedException {
        start(version);
        comesBackBesideItself(Way.DISKS);
    }

    @ParameterizedTest
    @EnumSource(XenVersion.class)
    void aVmComesBackBesideItselfAsOneStream(XenVersion version) throws IOException, InterruptedException {
        start(version);
        comesBackBesideItself(Way.XVA);
    }

    private void comesBackBesideItself(Way way) throws IOException, InterruptedException {
        var guest = guest("web", 6, 4);
        var stored = backup(guest);
        var before = inventory();
        var result = restore.restore(stored, RestoreRequest.to(COPY).by(way).verified());
        assertRestored(stored, result);
        var vm = vm(result);
        assertEquals("web again", vm.name());
        assertNotEquals(guest.uuid(), vm.uuid());
        assertEquals(PowerState.HALTED, vm.powerState());
        assertTrue(vm.isMachine());
        assertEquals(List.of("0", "1", "3"), drives(vm).stream().map(Vbd::userDevice).toList());
        var macs = cards(xapi.vms().byUuid(guest.uuid())).stream().map(Vif::mac).toList();
        assertNotEquals(macs, cards(vm).stream().map(Vif::mac).toList());
        assertEquals(macs.size(), cards(vm).size());
        assertFalse(vdi(result, 0).otherConfig().containsKey(Mark.KEY));
        assertTrue(result.bytesSent() > 0 && result.bytesSent() < 10 * MIB + 100_000, result.bytesSent() + " bytes");
        // the original is as it was
        xapi.vms().destroy(vm.ref());
        for (var disk : result.disks()) {
            Patience.run(() -> xapi.vdis().destroy(disk.ref()));
        }
        assertEquals(before, inventory());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void itsRecordsAreEnoughForAVm(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_3);
        var guest = guest("web", 4);
        var stored = backup(guest).withoutOva();
        var result = restore.restore(stored, RestoreRequest.to(COPY).by(way));
        assertRestored(stored, result);
        var old = xapi.vms().byUuid(guest.uuid()).raw().fields();
        var now = vm(result).raw().fields();
        for (var field : List.of("memory_static_max", "VCPUs_max", "HVM_boot_params", "platform", "domain_type", "NVRAM",
                "actions_after_crash")) {
            assertEquals(old.get(field), now.get(field), field);
        }
        assertEquals(1, cards(vm(result)).size());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aRunningVmComesBackFromASnapshotOfIt(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_3);
        var guest = guest("web", 4, 2);
        guest.setPowerState("Running");
        var snapshot = xapi.vms().snapshot(xapi.vms().byUuid(guest.uuid()).ref(), "for a backup", List.of());
        var stored = MemoryVm.of(xapi, guest.uuid(), xapi.vms().get(snapshot), this::content);
        for (var disk : guest.disks()) {
            fill(disk.uuid());
        }
        for (var each : List.of(stored, stored.withoutOva(), stored.withoutDescription())) {
            var result = restore.restore(each, RestoreRequest.to(COPY).by(way).started());
            assertRestored(stored, result);
            assertEquals(List.of("web again", PowerState.RUNNING, true, 1),
                    List.of(vm(result).name(), vm(result).powerState(), vm(result).isMachine(), cards(vm(result)).size()));
            xapi.vms().hardShutdown(vm(result).ref());
            xapi.vms().setName(vm(result).ref(), "done");
        }
        removeSnapshot(snapshot);
    }

    @Test
    void anXvaThatIsWrittenIntoAFileCanBeImported() throws IOException, InterruptedException {
        start(XenVersion.XENSERVER_8_0);
        var guest = guest("web", 4, 2);
        var stored = backup(guest);
        for (var each : List.of(stored, stored.withoutOva(), MemoryVm.ofImages("images", stored.disk(0), stored.disk(1)))) {
            var xva = StoredXva.of(each, RestoreRequest.to(COPY).hardware(), Optional.of(ToolstackVersion.OLDEST));
            var file = new ByteArrayOutputStream();
            xva.writeTo(file, new XvaFormat(Compression.NONE, ChunkChecksum.SHA1));
            assertEquals(xva.length(), file.size());
            try (var upload = xapi.imports().vm(xapi.pools().only().defaultSr(), Imports.Identity.NEW, xva.length())) {
                upload.write(file.toByteArray());
                var vm = xapi.vms().get(upload.finish().getFirst());
                assertEquals(each.name(), vm.name());
                var disks = drives(vm).stream().filter(Vbd::isDisk).toList();
                for (int i = 0; i < 2; i++) {
                    assertRestored(each.disk(i), xapi.vdis().get(disks.get(i).vdi()).uuid());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void disksWithoutAVmGetAPlainOne(Way way) throws IOException, InterruptedException {
        start(XenVersion.XENSERVER_7_3);
        var stored = MemoryVm.ofImages("images", MemoryDisk.random("xvdb", 3 * MIB + 700, random),
                MemoryDisk.random("data", 2 * MIB, random));
        var hardware = new RestoreRequest.Hardware(512L * MIB, 3, NewOva.Firmware.UEFI);
        var result = restore.restore(stored, RestoreRequest.to(new Destination.NewVm("plain", false)).by(way)
                .with(hardware).verified());
        assertRestored(stored, result);
        var vm = vm(result);
        assertEquals(List.of("0", "1"), drives(vm).stream().map(Vbd::userDevice).sorted().toList());
        assertEquals(512L * MIB, vm.raw().number("memory_static_max"));
        assertEquals(3, vm.raw().number("VCPUs_max"));
        assertEquals("uefi", vm.raw().map("HVM_boot_params").get("firmware"));
    }

    @Test
    void firmwareVariablesComeAlong() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_3);
        var stored = backup(guest("web", 2));
        var ova = OvaDocument.parse(stored.ovaXml().orElseThrow());
        var machine = ova.machine();
        var changed = new ArrayList<>(ova.objects());
        changed.replaceAll(object -> object == machine
                ? object.withEntry("NVRAM", "EFI-variables", "QUJDRA==") : object);
        stored = stored.withOva(ova.withObjects(changed).encode());
        for (var way : Way.values()) {
            var result = restore.restore(stored, RestoreRequest.to(new Destination.NewVm("efi " + way, false)).by(way));
            assertEquals(Map.of("EFI-variables", "QUJDRA=="), vm(result).raw().map("NVRAM"));
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aVmThatIsGoneComesBackAsItself(Way way) throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var guest = guest("web", 4, 2);
        var stored = backup(guest);
        var macs = cards(xapi.vms().byUuid(guest.uuid())).stream().map(Vif::mac).toList();
        remove(guest);
        var result = restore.restore(stored, RestoreRequest.to(new Destination.Original()).by(way));
        assertRestored(stored, result);
        assertEquals(guest.uuid(), result.vm().orElseThrow().uuid());
        assertEquals("web", vm(result).name());
        assertEquals(macs, cards(vm(result)).stream().map(Vif::mac).toList());
    }

    @Test
    void aVmIsReplacedAndItsOtherDisksStay() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var guest = guest("web", 4, 2);
        var stored = backup(guest).withoutDescription();
        var other = guest.disks().get(1);
        fill(guest.disks().get(0).uuid());
        var request = RestoreRequest.to(new Destination.Replacement(false)).only(Set.of("xvda"));
        var result = restore.restore(stored, request);
        assertRestored(stored.withDisks(stored.disk(0)), result);
        assertEquals(guest.uuid(), vm(result).uuid());
        assertEquals("web", vm(result).name());
        assertEquals(List.of("0", "1", "3"), drives(vm(result)).stream().map(Vbd::userDevice).toList());
        assertEquals(other.uuid(), xapi.vdis().get(drives(vm(result)).get(1).vdi()).uuid());
        assertEquals(3, xapi.vdis().all().stream().filter(vdi -> vdi.managed()).count(), "two disks and an ISO image");
        // and again, over what is the second version of it
        assertEquals(guest.uuid(), vm(restore.restore(stored, request)).uuid());
    }

    @Test
    void aRunningVmIsReplacedOnlyIfItMayBeShutDown() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_3);
        var guest = guest("web", 2);
        var stored = backup(guest);
        guest.setPowerState("Running");
        assertRefused("is running", stored, RestoreRequest.to(new Destination.Replacement(false)));
        var result = restore.restore(stored, RestoreRequest.to(new Destination.Replacement(true)).started());
        assertRestored(stored, result);
        assertEquals(guest.uuid(), vm(result).uuid());
        assertEquals(PowerState.RUNNING, vm(result).powerState());
    }

    @Test
    void aTemplateIsNotAMachine() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var stored = backup(guest("web", 2));
        var result = restore.restore(stored, RestoreRequest.to(new Destination.NewVm("golden", true)));
        assertTrue(vm(result).isTemplate());
        assertRestored(stored, result);
    }

    @Test
    void disksAreAttachedToAVmThatRuns() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var stored = backup(guest("web", 2, 4));
        var rescue = guest("rescue", 2);
        rescue.setPowerState("Running");
        assertRefused("position 0 of 'rescue' is taken", stored,
                RestoreRequest.to(new Destination.Attached(rescue.uuid(), Map.of("xvda", "0"))));
        var result = restore.restore(stored, RestoreRequest.to(
                new Destination.Attached(rescue.uuid(), Map.of("xvdb", "7"))));
        assertRestored(stored, result);
        var drives = drives(xapi.vms().byUuid(rescue.uuid()));
        assertEquals(List.of("0", "1", "3", "7"), drives.stream().map(Vbd::userDevice).toList());
        assertTrue(drives.get(1).attached() && drives.get(3).attached());
        rescue.setPowerState("Halted");
    }

    @Test
    void oneDiskComesBackAlone() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var stored = backup(guest("web", 2, 4));
        var result = restore.restore(stored, RestoreRequest.to(new Destination.DisksOnly()).only(Set.of("xvdb")).verified());
        assertRestored(stored.withDisks(stored.disk(1)), result);
        assertEquals(Optional.empty(), result.vm());
        assertRefused("has no disk 'xvdz'", stored, RestoreRequest.to(new Destination.DisksOnly()).only(Set.of("xvdz")));
        disksWithoutVm = 1;
    }

    @Test
    void disksGoWhereTheyAreSent() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var fast = pool.addStorage("fast", SrKind.LVM, 1 << 30);
        var guest = guest("web", 2);
        guest.addDisk(4 * MIB, fast);
        var stored = backup(guest);
        pool.addStorage("slow", SrKind.NFS, 1 << 30);
        var result = restore.restore(stored, RestoreRequest.to(COPY).with(new Storages(Optional.of("slow"),
                Map.of("fast", fast))));
        assertRestored(stored, result);
        assertEquals(List.of("slow", "fast"), List.of(xapi.srs().get(vdi(result, 0).sr()).name(),
                xapi.srs().get(vdi(result, 1).sr()).name()));
        var split = RestoreRequest.to(new Destination.NewVm("c", false)).by(Way.XVA)
                .with(new Storages(Optional.of("slow"), Map.of("fast", fast)));
        assertRefused("goes to one storage", stored, split);
        assertRefused("has no storage 'none'", stored,
                RestoreRequest.to(COPY).with(new Storages(Optional.of("none"), Map.of())));
        assertRefused("it is not for disks", stored,
                RestoreRequest.to(COPY).with(new Storages(Optional.of("ISO library"), Map.of())));
    }

    @Test
    void aDiskThatIsRefusedAsVhdIsSentAsPieces() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        pool.addStorage("thick", SrKind.LVM, 1 << 30);
        var stored = MemoryVm.ofImages("images", MemoryDisk.random("xvda", 3 * MIB + 700, random));
        for (var storage : List.of("thick", "Local storage")) {
            pool.faults().failCall("VBD.plug", 1, "INTERNAL_ERROR", "not zeroed");
            var result = restore.restore(stored, RestoreRequest.to(new Destination.NewVm(storage, false))
                    .with(new Storages(Optional.of(storage), Map.of())).verified());
            assertRestored(stored, result);
            assertTrue(result.notes().stream().anyMatch(note -> note.contains("sent again as raw pieces")),
                    result.notes()::toString);
        }
    }

    @Test
    void whatTheEngineWritesArrivesWholeInEveryFormat() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        pool.addStorage("thick", SrKind.LVM, 1 << 30);
        var disk = MemoryDisk.random("xvda", 5 * MIB + 700, random);
        var stored = MemoryVm.ofImages("engine", EngineDisk.of(disk));
        assertRestored(disk, restore.restore(stored, to("vhd").verified()).disks().getFirst().uuid());
        assertRestored(disk, restore.restore(stored, to("xva").by(Way.XVA).verified()).disks().getFirst().uuid());
        for (var storage : List.of("thick", "Local storage")) {
            pool.faults().failCall("VBD.plug", 1, "INTERNAL_ERROR", "not zeroed");
            var pieces = to("pieces on " + storage).with(new Storages(Optional.of(storage), Map.of()));
            assertRestored(disk, restore.restore(stored, pieces.verified()).disks().getFirst().uuid());
        }
        var base = restore.restore(stored, RestoreRequest.to(new Destination.DisksOnly())).disks().getFirst();
        var differs = new DiskBlocks(disk.size(), 64 << 10);
        for (int at = 2 * MIB; at < 4 * MIB; at++) {
            disk.content[at] = (byte) (at % 3 == 0 ? at : 0);
        }
        differs.add(new Extent(2L * MIB, 2L * MIB));
        var changed = MemoryVm.ofImages("engine", EngineDisk.of(disk));
        var over = to("over").over(Map.of("xvda", new Base(base.uuid(), differs))).verified();
        assertRestored(disk, restore.restore(changed, over).disks().getFirst().uuid());
        xapi.vdis().destroy(base.ref());
    }

    @Test
    void aVmMayHaveMoreDisksThanARequestHasRoomFor() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2); // whose requests have 1006 bytes for their heads
        var guest = guest("web", 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2);
        var stored = backup(guest);
        assertRestored(stored, restore.restore(stored, RestoreRequest.to(COPY)));
    }

    @Test
    void aCdDriveIsEmptyAfterwards() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var stored = backup(guest("web", 2));
        var ova = OvaDocument.parse(stored.ovaXml().orElseThrow());
        var medium = ova.all("VDI").getFirst().withId("Ref:medium");
        var objects = new ArrayList<OvaObject>(ova.objects());
        objects.replaceAll(object -> !object.is("VBD") || !object.isCd() ? object
                : object.with(Map.of("VDI", new XmlValue.Text("Ref:medium"), "empty", new XmlValue.Bool(false))));
        objects.add(medium);
        stored = stored.withOva(ova.withObjects(objects).encode());
        for (var way : Way.values()) {
            var result = restore.restore(stored, to("by " + way).by(way));
            assertEquals(List.of("the CD drive is left empty"), result.notes());
            assertEquals(List.of(false, true), drives(vm(result)).stream().map(Vbd::empty).toList());
        }
    }

    @Test
    void aDiskThatNoFormatOfTheStorageHoldsIsRefused() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var empty = new MemoryChunkStore(new Chunking(16 << 10), ChunkIdentity.plain());
        var root = MapBuilder.whole(empty.beginDisk()).finish(3L << 40);
        assertRefused("longer than the 2040 GiB of a VHD", 
                MemoryVm.ofImages("large", new EngineDisk("xvda", "", empty, root)), to("large"));
    }

    @Test
    void onlyWhatDiffersIsLaidOverASnapshot() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var guest = guest("web", 40);
        var disk = guest.disks().getFirst();
        var snapshot = xapi.vdis().get(xapi.vdis().snapshot(xapi.vdis().byUuid(disk.uuid()).ref()));
        var stored = backup(guest);
        stored.disk(0).content[9 * MIB] ^= 1;
        var differs = new DiskBlocks(40L * MIB, 64 << 10);
        differs.add(9 * MIB / (64 << 10));
        for (int at = 20 * MIB; at < 22 * MIB; at++) {
            stored.disk(0).content[at] = 0;
        }
        differs.add(new Extent(20L * MIB, 2L * MIB));
        var result = restore.restore(stored, RestoreRequest.to(COPY).verified()
                .over(Map.of("xvda", new Base(snapshot.uuid(), differs))));
        assertRestored(stored, result);
        assertTrue(result.bytesSent() < 5 * MIB, result.bytesSent() + " bytes");
        xapi.vdis().destroy(snapshot.ref());
    }

    @Test
    void aCardFollowsItsNetwork() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var stored = backup(guest("web", 2));
        var here = xapi.networks().all().getFirst();
        // a pool where the network has another uuid, or name and uuid, or nothing in common
        var moved = stored.withOva(renamed(stored, Map.of("uuid", "elsewhere")));
        assertEquals(here.ref(), cards(vm(restore.restore(moved, to("by name")))).getFirst().network());
        moved = stored.withOva(renamed(stored, Map.of("uuid", "elsewhere", "name_label", "dmz")));
        assertEquals(here.ref(), cards(vm(restore.restore(moved, to("by bridge")))).getFirst().network());
        moved = stored.withOva(renamed(stored, Map.of("uuid", "elsewhere", "name_label", "dmz", "bridge", "xenbr9")));
        var before = inventory();
        assertRefused("no network 'dmz'", moved, to("refused"));
        assertEquals(before, inventory());
        var mapped = to("mapped").with(new Cards(false, Map.of("dmz", here.uuid()), false));
        assertEquals(here.ref(), cards(vm(restore.restore(moved, mapped))).getFirst().network());
        var without = restore.restore(moved, to("without").with(new Cards(false, Map.of(), true)));
        assertEquals(List.of(), cards(vm(without)));
        assertTrue(without.notes().stream().anyMatch(note -> note.contains("left out")));
        assertEquals(1, xapi.networks().all().size());
    }

    private static RestoreRequest to(String name) {
        return RestoreRequest.to(new Destination.NewVm(name, false));
    }

    private static byte[] renamed(MemoryVm stored, Map<String, String> fields) throws IOException {
        var ova = OvaDocument.parse(stored.ovaXml().orElseThrow());
        var changes = new HashMap<String, XmlValue>();
        fields.forEach((name, value) -> changes.put(name, new XmlValue.Text(value)));
        return ova.withObjects(ova.objects().stream()
                .map(object -> object.is("network") ? object.with(changes) : object).toList()).encode();
    }

    @Test
    void addressesAreKeptUnlessSomebodyHasThem() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var guest = guest("web", 2);
        var stored = backup(guest);
        var mac = cards(xapi.vms().byUuid(guest.uuid())).getFirst().mac();
        var keeping = to("twin").with(new Cards(true, Map.of(), false));
        assertRefused("the MAC address " + mac + " is that of 'web'", stored, keeping);
        remove(guest);
        assertEquals(mac, cards(vm(restore.restore(stored, keeping))).getFirst().mac());
    }

    @Test
    void whatWouldClashIsRefusedBeforeAnythingIsWritten() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var guest = guest("web", 2);
        var stored = backup(guest);
        var before = inventory();
        assertRefused("there is a VM or template 'web' already", stored, to("web"));
        assertRefused("is in the pool; replace it", stored, RestoreRequest.to(new Destination.Original()));
        assertRefused("would remove the old one", stored, RestoreRequest.to(new Destination.Replacement(false)).by(Way.XVA));
        var gone = new MemoryVm("web", Optional.of("9d0b6a9e-0000-4000-8000-000000000000"), false, stored.description(),
                stored.ovaXml(), stored.disks());
        assertRefused("no VM with the uuid", gone, RestoreRequest.to(new Destination.Replacement(true)));
        // another VM that derives its addresses from the same seed
        assertRefused("does not know the uuid", MemoryVm.ofImages("images", stored.disk(0)),
                RestoreRequest.to(new Destination.Original()));
        assertRefused("'web' has the same seed", gone, RestoreRequest.to(new Destination.Original()));
        pool.setUpgrading(true);
        assertRefused("is being upgraded", stored, to("other"));
        pool.setUpgrading(false);
        assertEquals(before, inventory());
    }

    @Test
    void aNewerVmComesBackOnlyIfAsked() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var stored = backup(guest("web", 2));
        var ova = OvaDocument.parse(stored.ovaXml().orElseThrow());
        var newer = stored.withOva(ova.claiming(new ToolstackVersion(25, 6)).encode());
        for (var way : Way.values()) {
            assertRefused("by a newer toolstack (25.6)", newer, to("new").by(way));
            assertRestored(newer, restore.restore(newer, to("from newer " + way).by(way).forOlderHosts()));
        }
    }

    @Test
    void aFullStorageIsRefusedBeforeAnythingIsWritten() throws IOException, InterruptedException {
        start(XenVersion.XCP_NG_8_2);
        var small = pool.addStorage("small", SrKind.LVM, 8 * MIB);
        var thin = pool.addStorage("thin", SrKind.NFS, 8 * MIB);
        var stored = MemoryVm.ofImages("images", MemoryDisk.random("xvda", 6 * MIB, new Random(1)),
                MemoryDisk.random("xvdb", 6 * MIB, new Random(2)));
        for (var storage : List.of(small, thin)) {
            assertRefused("MiB left", stored, to("x").with(new Storages(Optional.of(storage), Map.of())));
        }
        var hollow = MemoryVm.ofImages("hollow", new MemoryDisk("xvda", new byte[20 * MIB]));
        assertRestored(hollow, restore.restore(hollow, to("x").with(new Storages(Optional.of(thin), Map.of()))));
    }

    private void assertRefused(String problem, StoredVm stored, RestoreRequest request)
            throws IOException, InterruptedException {
        try {
            restore.restore(stored, request);
            throw new AssertionError("restored in spite of: " + problem);
        } catch (RestoreRefusedException e) {
            assertTrue(e.problems().stream().anyMatch(found -> found.contains(problem)), e.getMessage());
        }
    }
}
