package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.Map;

/// What a VM's guest tools report.
///
/// @param osVersion among others `name`, `distro`, `uname`
/// @param networks addresses by device, for example `0/ip`
public record VmGuestMetrics(Ref<VmGuestMetrics> ref, String uuid, Map<String, String> osVersion,
        Map<String, String> networks, RawRecord raw) {
    public static final XapiClass<VmGuestMetrics> CLASS = new XapiClass<>("VM_guest_metrics", VmGuestMetrics::read);

    private static VmGuestMetrics read(Ref<VmGuestMetrics> ref, RawRecord raw) throws IOException {
        return new VmGuestMetrics(ref, raw.text("uuid"), raw.map("os_version"), raw.map("networks"), raw);
    }
}
