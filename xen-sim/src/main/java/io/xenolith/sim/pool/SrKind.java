package io.xenolith.sim.pool;

import java.util.LinkedHashMap;
import java.util.Map;

/// The kinds of storage repositories that a pool may have, by what their drivers can do.
public enum SrKind {
    EXT("ext", "user", false, true, false),
    NFS("nfs", "user", true, true, false),
    LVM("lvm", "user", false, true, true),
    LVMOISCSI("lvmoiscsi", "user", true, true, true),
    LINSTOR("linstor", "user", true, false, false),
    ISO("iso", "iso", true, false, false);

    private final String type;
    private final String contentType;
    private final boolean shared;
    private final boolean tracksChanges;
    private final boolean thick;

    SrKind(String type, String contentType, boolean shared, boolean tracksChanges, boolean thick) {
        this.type = type;
        this.contentType = contentType;
        this.shared = shared;
        this.tracksChanges = tracksChanges;
        this.thick = thick;
    }

    static SrKind ofType(String type) {
        for (var kind : values()) {
            if (kind.type.equals(type)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no storage of type " + type);
    }

    public String type() {
        return type;
    }

    public String contentType() {
        return contentType;
    }

    /// Whether every host of the pool sees it.
    public boolean shared() {
        return shared;
    }

    public boolean tracksChanges() {
        return tracksChanges;
    }

    /// Whether a disk takes its whole size at once.
    public boolean thick() {
        return thick;
    }

    /// What the driver's record says it can do.
    public Map<String, Long> features() {
        var features = new LinkedHashMap<String, Long>();
        for (var name : this == ISO
                ? new String[] {"SR_PROBE", "VDI_CREATE", "VDI_DELETE", "VDI_ATTACH", "VDI_DETACH"}
                : new String[] {"SR_PROBE", "SR_UPDATE", "SR_SCAN", "VDI_CREATE", "VDI_DELETE", "VDI_ATTACH", "VDI_DETACH",
                    "VDI_CLONE", "VDI_SNAPSHOT", "VDI_RESIZE", "VDI_RESIZE_ONLINE", "VDI_MIRROR", "VDI_UPDATE"}) {
            features.put(name, 1L);
        }
        if (tracksChanges) {
            features.put("VDI_CONFIG_CBT", 1L);
        }
        return features;
    }
}
