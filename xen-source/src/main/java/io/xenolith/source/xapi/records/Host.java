package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// A host of the pool.
///
/// @param address of its management interface, an IP address without brackets
/// @param softwareVersion among others `product_brand`, `product_version`, `xapi`
public record Host(Ref<Host> ref, String uuid, String name, String address, boolean enabled, ApiVersion api,
        Map<String, String> softwareVersion, List<Ref<Pbd>> pbds, Ref<Vm> controlDomain, RawRecord raw) {
    public static final XapiClass<Host> CLASS = new XapiClass<>("host", Host::read);

    private static Host read(Ref<Host> ref, RawRecord raw) throws IOException {
        return new Host(ref, raw.text("uuid"), raw.text("name_label"), raw.text("address"), raw.flag("enabled", true),
                new ApiVersion(raw.number("API_version_major"), raw.number("API_version_minor")),
                raw.map("software_version"), raw.refs("PBDs"), raw.ref("control_domain"), raw);
    }

    /// For a sentence, for example `XCP-ng 8.3.0`.
    public String product() {
        return "%s %s".formatted(softwareVersion.getOrDefault("product_brand", "Xen"),
                softwareVersion.getOrDefault("product_version", "of unknown version"));
    }
}
