package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.Map;

/// A VM's network card.
///
/// @param device the position, a decimal number
public record Vif(Ref<Vif> ref, String uuid, Ref<Vm> vm, Ref<Network> network, String device, String mac, long mtu,
        Map<String, String> otherConfig, RawRecord raw) {
    public static final XapiClass<Vif> CLASS = new XapiClass<>("VIF", Vif::read);

    private static Vif read(Ref<Vif> ref, RawRecord raw) throws IOException {
        return new Vif(ref, raw.text("uuid"), raw.ref("VM"), raw.ref("network"), raw.text("device"), raw.text("MAC"),
                raw.number("MTU", 1500), raw.map("other_config"), raw);
    }
}
