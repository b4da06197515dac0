package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import java.util.LinkedHashMap;
import java.util.Map;

/// A disk to be made.
///
/// @param size in bytes; the storage rounds it up, so read the record again
/// @param imageFormat `vhd` or `qcow2` where the storage offers both, or nothing to leave it to the storage
public record NewVdi(Ref<Sr> storage, String name, String description, long size, String imageFormat,
        Map<String, String> otherConfig) {

    Map<String, Object> record() {
        var record = new LinkedHashMap<String, Object>();
        record.put("SR", storage);
        record.put("name_label", name);
        record.put("name_description", description);
        record.put("virtual_size", size);
        record.put("type", "user");
        record.put("sharable", false);
        record.put("read_only", false);
        record.put("other_config", otherConfig);
        record.put("xenstore_data", Map.of());
        // never that of an older disk: it holds locks and parents, and has broken chains
        record.put("sm_config", imageFormat.isEmpty() ? Map.of() : Map.of("image-format", imageFormat));
        return record;
    }
}
