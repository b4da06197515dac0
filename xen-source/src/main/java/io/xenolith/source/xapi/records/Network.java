package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.List;

/// A network of the pool.
///
/// @param purpose `nbd` if disks are served over it with TLS, `insecure_nbd` if without
public record Network(Ref<Network> ref, String uuid, String name, String bridge, List<String> purpose, RawRecord raw) {
    public static final XapiClass<Network> CLASS = new XapiClass<>("network", Network::read);

    private static Network read(Ref<Network> ref, RawRecord raw) throws IOException {
        return new Network(ref, raw.text("uuid"), raw.text("name_label"), raw.text("bridge", ""),
                raw.texts("purpose"), raw);
    }
}
