package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A disk on a storage repository, or a snapshot of one.
///
/// @param virtualSize in bytes, as a VM sees it
/// @param physicalUse in bytes on the storage, as of its last scan
/// @param type such as `user`, `system`, `cbt_metadata`
/// @param managed false for the storage's inner nodes, which nobody may touch
/// @param missing true if the storage lost it
/// @param tracksChanges whether changed blocks are tracked; false on hosts before 7.3, which cannot
public record Vdi(Ref<Vdi> ref, String uuid, String name, String description, Ref<Sr> sr, List<Ref<Vbd>> vbds,
        long virtualSize, long physicalUse, String type, boolean sharable, boolean readOnly, boolean managed,
        boolean missing, boolean tracksChanges, boolean isSnapshot, Ref<Vdi> snapshotOf, Instant snapshotTime,
        List<Ref<Vdi>> snapshots, Map<String, String> smConfig, Map<String, String> otherConfig, RawRecord raw) {
    public static final XapiClass<Vdi> CLASS = new XapiClass<>("VDI", Vdi::read);

    private static Vdi read(Ref<Vdi> ref, RawRecord raw) throws IOException {
        return new Vdi(ref, raw.text("uuid"), raw.text("name_label"), raw.text("name_description", ""), raw.ref("SR"),
                raw.refs("VBDs"), raw.number("virtual_size"), raw.number("physical_utilisation", 0), raw.text("type"),
                raw.flag("sharable", false), raw.flag("read_only", false), raw.flag("managed", true),
                raw.flag("missing", false), raw.flag("cbt_enabled", false), raw.flag("is_a_snapshot", false),
                raw.ref("snapshot_of"), raw.time("snapshot_time", Instant.EPOCH), raw.refs("snapshots"),
                raw.map("sm_config"), raw.map("other_config"), raw);
    }

    /// True if its data was given up and only what changed is known. It serves as the base of changed blocks, and for
    /// nothing else.
    public boolean isTrackOnly() {
        return type.equals("cbt_metadata");
    }
}
