package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vm;
import java.util.LinkedHashMap;
import java.util.Map;

/// A network card to be attached to a VM.
///
/// @param device the position, a decimal number
/// @param mac nothing for one that the host derives from the VM's seed; nobody checks that another is unique
public record NewVif(Ref<Vm> vm, Ref<Network> network, String device, String mac, long mtu,
        Map<String, String> otherConfig) {

    Map<String, Object> record() {
        var record = new LinkedHashMap<String, Object>();
        record.put("VM", vm);
        record.put("network", network);
        record.put("device", device);
        record.put("MAC", mac);
        record.put("MTU", mtu);
        record.put("other_config", otherConfig);
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        return record;
    }
}
