package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.util.LinkedHashMap;
import java.util.Map;

/// A disk or an empty CD drive to be attached to a VM.
///
/// @param vdi none for an empty CD drive
/// @param userDevice the position, or `autodetect`
public record NewVbd(Ref<Vm> vm, Ref<Vdi> vdi, String userDevice, boolean bootable, boolean readOnly,
        Map<String, String> otherConfig) {

    Map<String, Object> record() {
        boolean drive = vdi.isNone();
        var record = new LinkedHashMap<String, Object>();
        record.put("VM", vm);
        record.put("VDI", vdi);
        record.put("userdevice", userDevice);
        record.put("bootable", bootable);
        record.put("mode", readOnly || drive ? "RO" : "RW");
        record.put("type", drive ? "CD" : "Disk");
        record.put("unpluggable", true);
        record.put("empty", drive);
        record.put("other_config", otherConfig);
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        return record;
    }
}
