package io.xenolith.source.vm.description;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the file in a restore point tells, and what it is not believed.
class VmDescriptionTest {

    private static VmDescription description() throws IOException {
        var vm = Vm.CLASS.read(new Ref<>("OpaqueRef:vm"), value(Map.ofEntries(Map.entry("uuid", "u-vm"),
                Map.entry("name_label", "web"), Map.entry("power_state", "Running"), Map.entry("is_a_template", false),
                Map.entry("snapshot_time", Instant.parse("2024-01-31T23:59:58Z")), Map.entry("VCPUs_max", "2"),
                Map.entry("version", 7L), Map.entry("HVM_shadow_multiplier", 1.5),
                Map.entry("VBDs", List.of("OpaqueRef:vbd")),
                Map.entry("NVRAM", Map.of("EFI-variables", "c2VjcmV0")))));
        var vbd = Vbd.CLASS.read(new Ref<>("OpaqueRef:vbd"), value(Map.of("uuid", "u-vbd", "userdevice", "0",
                "type", "Disk", "mode", "RW", "VDI", "OpaqueRef:vdi", "VM", "OpaqueRef:vm")));
        var vdi = Vdi.CLASS.read(new Ref<>("OpaqueRef:vdi"), value(Map.of("uuid", "u-vdi", "name_label", "root",
                "virtual_size", "4096", "type", "user", "SR", "OpaqueRef:sr")));
        var sr = Sr.CLASS.read(new Ref<>("OpaqueRef:sr"), value(Map.of("uuid", "u-sr", "name_label", "fast",
                "type", "ext")));
        return new VmDescription("XCP-ng 8.3.0", new ToolstackVersion(25, 6), vm, List.of(vbd), List.of(), List.of(),
                List.of(vdi), List.of(), List.of(sr), Optional.empty(), Map.of("xvda", vbd.ref()));
    }

    private static Value value(Map<String, ?> fields) {
        return new Value(new LinkedHashMap<>(fields), "test");
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        var written = description();
        var read = VmDescription.decode(written.encode());
        assertEquals(written.toolstack(), read.toolstack());
        assertEquals("XCP-ng 8.3.0", read.product());
        assertEquals(written.vm().snapshotTime(), read.vm().snapshotTime());
        var fields = new LinkedHashMap<>(written.vm().raw().fields());
        fields.put("snapshot_time", "2024-01-31T23:59:58Z");
        assertEquals(fields, read.vm().raw().fields());
        var drive = read.drive("xvda").orElseThrow();
        assertEquals("u-vbd", drive.uuid());
        assertEquals("root", read.vdi(drive).orElseThrow().name());
        assertEquals("fast", read.storage(read.vdi(drive).orElseThrow()).orElseThrow().name());
        assertEquals(new String(written.encode(), StandardCharsets.UTF_8).length(), read.encode().length);
    }

    @Test
    void whatANewerProgramAddsIsPassedOver() throws IOException {
        var json = new String(description().encode(), StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"colour\":{\"of\":[1,\"x\"]},");
        assertEquals("web", VmDescription.decode(json.getBytes(StandardCharsets.UTF_8)).vm().name());
    }

    @Test
    void aNewerVersionIsRefusedAsSuch() throws IOException {
        var json = new String(description().encode(), StandardCharsets.UTF_8)
                .replace("\"version\":1,\"p", "\"version\":2,\"p");
        var e = assertThrows(VmDescriptionException.class,
                () -> VmDescription.decode(json.getBytes(StandardCharsets.UTF_8)));
        assertTrue(e.getMessage().contains("version 2, this program reads version 1"), e.getMessage());
    }

    @Test
    void aTruncatedDescriptionIsRejectedAtEveryLength() throws IOException {
        var json = description().encode();
        for (int length = 0; length < json.length; length++) {
            var cut = Arrays.copyOf(json, length);
            assertThrows(VmDescriptionException.class, () -> VmDescription.decode(cut), length + " bytes");
        }
    }

    @Test
    void nonsenseIsRejected() throws IOException {
        var json = new String(description().encode(), StandardCharsets.UTF_8);
        for (var broken : List.of("[]", "null", "7", "{}", json + "x", json.replace("\"u-vm\"", "null"),
                json.replace("\"25.6\"", "\"new\""), json.replace("\"u-vm\"", "123456789012345678901234567890"),
                json.replace("\"xvda\":\"OpaqueRef:vbd\"", "\"xvda\":\"OpaqueRef:none\""),
                json.replace("\"vm\":\"OpaqueRef:vm\"", "\"vm\":\"OpaqueRef:none\""),
                json.replace("\"objects\":", "\"objects\":7,\"others\":"),
                "{\"version\":1,\"version\":1}", "[".repeat(100_000))) {
            assertThrows(VmDescriptionException.class,
                    () -> VmDescription.decode(broken.getBytes(StandardCharsets.UTF_8)), broken.substring(0, 1));
        }
        assertThrows(VmDescriptionException.class, () -> VmDescription.decode(new byte[(64 << 20) + 1]));
    }

    @Test
    void itTellsNothingOfItsSecrets() throws IOException {
        assertFalse(description().toString().contains("c2VjcmV0"));
        assertFalse(description().toOva().toString().contains("c2VjcmV0"));
        assertFalse(description().toOva().machine().toString().contains("c2VjcmV0"));
    }

    @Test
    void itsRecordsBecomeAnOva() throws IOException {
        var ova = OvaDocument.parse(VmDescription.decode(description().encode()).toOva().encode());
        assertEquals(new ToolstackVersion(25, 6), ova.toolstack());
        assertEquals(7, ova.machine().number("version"));
        assertEquals(OvaDocument.EPOCH, ova.machine().record().members().get("snapshot_time"));
        var drive = ova.all("VBD").getFirst();
        assertEquals(ova.machine().id(), drive.text("VM"));
        var disk = ova.object("VDI", drive.text("VDI")).orElseThrow();
        assertEquals("u-vdi", disk.text("uuid"));
        assertEquals("fast", ova.object("SR", disk.text("SR")).orElseThrow().text("name_label"));
        assertFalse(new String(ova.encode(), StandardCharsets.UTF_8).contains("OpaqueRef:v"));
    }

    @Test
    void aRecordWithoutItsFieldsIsRejected() throws IOException {
        var json = new String(description().encode(), StandardCharsets.UTF_8)
                .replace("\"name_label\":\"web\"", "\"x\":\"\"");
        assertThrows(VmDescriptionException.class, () -> VmDescription.decode(json.getBytes(StandardCharsets.UTF_8)));
    }
}
