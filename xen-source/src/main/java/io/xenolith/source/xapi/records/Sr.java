package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.List;

/// A storage repository.
///
/// @param type its driver, such as `ext`, `nfs`, `lvm`
/// @param physicalSize in bytes, 0 or less where the driver does not know
/// @param physicalUse in bytes, as of the last scan
public record Sr(Ref<Sr> ref, String uuid, String name, String type, String contentType, boolean shared,
        long physicalSize, long physicalUse, List<Ref<Vdi>> vdis, List<Ref<Pbd>> pbds, RawRecord raw) {
    public static final XapiClass<Sr> CLASS = new XapiClass<>("SR", Sr::read);

    private static Sr read(Ref<Sr> ref, RawRecord raw) throws IOException {
        return new Sr(ref, raw.text("uuid"), raw.text("name_label"), raw.text("type"), raw.text("content_type", ""),
                raw.flag("shared", false), raw.number("physical_size", 0), raw.number("physical_utilisation", 0),
                raw.refs("VDIs"), raw.refs("PBDs"), raw);
    }

    /// Bytes left, never negative; 0 also where the driver does not know.
    public long free() {
        return Math.max(0, physicalSize - physicalUse);
    }

    /// True of what holds the disks of VMs, as opposed to ISO images and physical drives.
    public boolean holdsDisks() {
        return !contentType.equals("iso") && !type.equals("iso") && !type.equals("udev");
    }
}
