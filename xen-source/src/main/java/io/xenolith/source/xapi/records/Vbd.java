package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.util.Map;

/// Where a disk is attached to a VM, now or when the VM runs.
///
/// @param vdi none for an empty drive, and for what a failed snapshot leaves behind
/// @param userDevice the position, mostly a decimal number
public record Vbd(Ref<Vbd> ref, String uuid, Ref<Vm> vm, Ref<Vdi> vdi, String userDevice, Type type, boolean readOnly,
        boolean bootable, boolean empty, boolean attached, Map<String, String> otherConfig, RawRecord raw) {
    public static final XapiClass<Vbd> CLASS = new XapiClass<>("VBD", Vbd::read);

    public enum Type { DISK, CD, FLOPPY, OTHER }

    private static Vbd read(Ref<Vbd> ref, RawRecord raw) throws IOException {
        return new Vbd(ref, raw.text("uuid"), raw.ref("VM"), raw.ref("VDI"), raw.text("userdevice"),
                type(raw.text("type")), raw.text("mode").equals("RO"), raw.flag("bootable", false),
                raw.flag("empty", false), raw.flag("currently_attached", false), raw.map("other_config"), raw);
    }

    private static Type type(String text) {
        return switch (text) {
            case "Disk" -> Type.DISK;
            case "CD" -> Type.CD;
            case "Floppy" -> Type.FLOPPY;
            default -> Type.OTHER;
        };
    }

    /// True if there is a disk to back up here.
    public boolean isDisk() {
        return type == Type.DISK && !vdi.isNone();
    }
}
