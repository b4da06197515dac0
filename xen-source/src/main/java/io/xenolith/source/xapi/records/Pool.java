package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.Map;

/// A pool.
///
/// @param name often empty; its coordinator's stands for it then
/// @param restrictions flags of the licence by name, `"true"` for a feature that is switched off
public record Pool(Ref<Pool> ref, String uuid, String name, Ref<Host> master, Ref<Sr> defaultSr,
        Map<String, String> restrictions, Map<String, String> otherConfig, RawRecord raw) {
    public static final XapiClass<Pool> CLASS = new XapiClass<>("pool", Pool::read);

    private static Pool read(Ref<Pool> ref, RawRecord raw) throws IOException {
        return new Pool(ref, raw.text("uuid"), raw.text("name_label"), raw.ref("master"), raw.ref("default_SR"),
                raw.map("restrictions"), raw.map("other_config"), raw);
    }

    /// True while the pool is upgraded host by host, when it refuses snapshots and imports.
    public boolean isUpgrading() {
        return otherConfig.containsKey("rolling_upgrade_in_progress");
    }

    /// True if the licence leaves the feature out. What the host does not mention is not there either.
    ///
    /// @param flag such as `restrict_cbt`
    public boolean restricts(String flag) {
        return !"false".equals(restrictions.get(flag));
    }
}
