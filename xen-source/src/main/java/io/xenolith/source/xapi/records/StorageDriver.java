package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.Set;

/// A driver of storage repositories, `SM` in calls.
///
/// @param type as [Sr#type()]
/// @param features such as `VDI_CONFIG_CBT`
public record StorageDriver(Ref<StorageDriver> ref, String type, Set<String> features, RawRecord raw) {
    public static final XapiClass<StorageDriver> CLASS = new XapiClass<>("SM", StorageDriver::read);

    private static StorageDriver read(Ref<StorageDriver> ref, RawRecord raw) throws IOException {
        return new StorageDriver(ref, raw.text("type"), Set.copyOf(raw.map("features").keySet()), raw);
    }

    /// True if it can track changed blocks.
    public boolean tracksChanges() {
        return features.contains("VDI_CONFIG_CBT");
    }
}
