package io.xenolith.source.vm.description;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xva.NewDisk;
import io.xenolith.source.xva.NewOva;
import io.xenolith.source.xva.Ova;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What an `ova.xml` is told to be.
class OvaEditTest {
    private static final String UUID_OF_VM = "00000000-0000-4000-8000-000000000001";

    /// A snapshot of a suspended VM with disks at 0 and 2, its memory, a virtual TPM, and the VM itself beside it.
    private static OvaDocument snapshot() throws IOException {
        var disks = List.of(new NewDisk(UUID.randomUUID(), "root", 4096, 0, true),
                new NewDisk(UUID.randomUUID(), "data", 8192, 2, false));
        var plain = OvaDocument.parse(new NewOva(UUID.randomUUID(), "web@monday", "", 1 << 30, 2, NewOva.Firmware.UEFI,
                disks)                .xml());
        var objects = new ArrayList<OvaObject>();
        for (var object : plain.objects()) {
            objects.add(switch (object.type()) {
                case "VM" -> added(object, Map.of("is_a_template", new XmlValue.Bool(true),
                        "is_a_snapshot", new XmlValue.Bool(true),
                        "snapshot_of", text("Ref:other"), "power_state", text("Suspended"),
                        "suspend_VDI", text("Ref:memory"),
                        "ha_restart_priority", text("restart"))).withEntry("other_config", "default_template", "true");
                case "VDI" -> added(object, Map.of("is_a_snapshot", new XmlValue.Bool(true),
                        "snapshot_of", text("Ref:origin")))
                        .withEntry("sm_config", "vhd-parent", "x");
                default -> object;
            });
        }
        var variables = new XmlValue.Struct(Map.of("EFI-variables", text("QUJD")));
        objects.set(0, added(objects.getFirst(), Map.of("NVRAM", variables)));
        objects.add(new OvaObject("VDI", "Ref:memory", new XmlValue.Struct(Map.of("type", text("suspend"),
                "virtual_size", text("512"), "SR", text("Ref:001"), "uuid", text("m")))));
        objects.add(tpm("Ref:tpm", objects.getFirst().id(), "c3RhdGU="));
        return plain.withObjects(objects);
    }

    private static OvaObject tpm(String id, String vm, String content) {
        return new OvaObject("VTPM", id, new XmlValue.Struct(Map.of("vTPM'_VM", text(vm), "vTPM'_content", text(content))));
    }

    private static XmlValue text(String text) {
        return new XmlValue.Text(text);
    }

    private static OvaObject added(OvaObject object, Map<String, XmlValue> fields) {
        var members = new LinkedHashMap<>(object.record().members());
        members.putAll(fields);
        return new OvaObject(object.type(), object.id(), new XmlValue.Struct(members));
    }

    private static OvaEdit edit(Map<String, Long> sizes) {
        return new OvaEdit(UUID_OF_VM, "web", false, sizes, Optional.empty());
    }

    @Test
    void aSnapshotBecomesTheHaltedMachineThatItWasTakenOf() throws IOException {
        var machine = OvaDocument.parse(edit(Map.of("0", 4096L, "2", 8192L)).apply(snapshot().encode())).machine();
        assertEquals("web", machine.text("name_label"));
        assertEquals(UUID_OF_VM, machine.text("uuid"));
        assertFalse(machine.flag("is_a_template") || machine.flag("is_a_snapshot"));
        assertEquals("OpaqueRef:NULL", machine.text("snapshot_of"));
        assertEquals("Halted", machine.text("power_state"));
        assertEquals("OpaqueRef:NULL", machine.text("suspend_VDI"));
        assertEquals("", machine.text("ha_restart_priority"));
        assertFalse(machine.map("other_config").containsKey("default_template"));
        assertEquals(Map.of("EFI-variables", text("QUJD")), machine.map("NVRAM"));
    }

    @Test
    void aTemplateStaysOneIfOneWasBackedUp() throws IOException {
        var edit = new OvaEdit(UUID_OF_VM, "golden", true, Map.of("0", 4096L), Optional.empty());
        assertTrue(edit.apply(snapshot()).machine().flag("is_a_template"));
    }

    @Test
    void onlyTheDisksOfTheRestorePointAreLeftInTheSizeOfThat() throws IOException {
        var edited = edit(Map.of("2", 1L << 20)).apply(snapshot().encode());
        var disks = Ova.parse(edited).streamedDisks();
        assertEquals(1, disks.size());
        assertEquals("2", disks.getFirst().userdevice());
        assertEquals(1 << 20, disks.getFirst().size());
        var ova = OvaDocument.parse(edited);
        assertEquals(1, ova.all("VDI").size());
        assertTrue(ova.all("VDI").getFirst().map("sm_config").isEmpty());
        assertFalse(ova.all("VDI").getFirst().flag("is_a_snapshot"));
        var text = new String(edited, StandardCharsets.UTF_8);
        assertFalse(text.contains("Ref:memory"), "memory is referred to");
        assertFalse(text.contains(snapshot().all("VBD").getFirst().id() + "<"), "a drive is referred to that is not there");
    }

    @Test
    void ofAFamilyOnlyTheMachineIsLeft() throws IOException {
        var family = new ArrayList<>(snapshot().objects());
        var vm = family.getFirst();
        family.set(0, vm.with(Map.of("is_a_snapshot", new XmlValue.Bool(false))));
        family.add(vm.withId("Ref:snapshot"));
        family.add(tpm("Ref:tpm2", "Ref:snapshot", "b2xk"));
        family.add(family.get(1).withId("Ref:drive2").with(Map.of("VM", text("Ref:snapshot"))));
        var edited = edit(Map.of("0", 4096L)).apply(snapshot().withObjects(family));
        assertEquals(List.of(vm.id()), edited.all("VM").stream().map(OvaObject::id).toList());
        assertEquals(List.of("Ref:tpm"), edited.all("VTPM").stream().map(OvaObject::id).toList());
        assertEquals(1, edited.all("VBD").size());
    }

    @Test
    void theTpmKeepsItsContent() throws IOException {
        var edited = OvaDocument.parse(edit(Map.of("0", 4096L)).apply(snapshot().encode()));
        assertEquals("c3RhdGU=", edited.all("VTPM").getFirst().text("vTPM'_content"));
    }

    @Test
    void itClaimsTheVersionThatItIsToldTo() throws IOException {
        var edited = new OvaEdit(UUID_OF_VM, "web", false, Map.of(), Optional.of(new ToolstackVersion(1, 9)))
                .apply(snapshot());
        assertEquals(new ToolstackVersion(1, 9), edited.toolstack());
        assertEquals(new ToolstackVersion(1, 9), OvaDocument.parse(edited.encode()).toolstack());
        assertTrue(new ToolstackVersion(1, 20).compareTo(new ToolstackVersion(25, 6)) < 0);
    }

    @Test
    void aMissingDiskIsNamed() throws IOException {
        var ova = snapshot();
        var e = assertThrows(VmDescriptionException.class, () -> edit(Map.of("5", 4096L)).apply(ova));
        assertTrue(e.getMessage().contains("position 5"), e.getMessage());
    }

    @Test
    void whatIsNoOvaOfOneVmIsRejected() throws IOException {
        var two = new ArrayList<>(snapshot().objects());
        two.add(two.getFirst().withId("Ref:second"));
        var twoVms = snapshot().withObjects(two).encode();
        for (var broken : List.of(twoVms, new byte[0], "<value>7</value>".getBytes(StandardCharsets.UTF_8),
                snapshot().withObjects(List.of()).encode(),
                "<value><struct></struct></value>".getBytes(StandardCharsets.UTF_8))) {
            assertThrows(VmDescriptionException.class, () -> edit(Map.of()).apply(broken));
        }
    }
}
