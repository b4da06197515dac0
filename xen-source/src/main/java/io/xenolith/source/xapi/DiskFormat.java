package io.xenolith.source.xapi;

/// In which form a disk is exported or imported.
public enum DiskFormat {
    /// Every byte of the disk.
    RAW("raw"),
    /// Dynamic, or differencing with a base; to 2040 GiB. An import sends its exact length and a new disk.
    VHD("vhd"),
    /// Pieces of 1 MiB with checksums; from 8.0 on.
    TAR("tar"),
    /// From late 2025 on.
    QCOW2("qcow2");

    private final String parameter;

    DiskFormat(String parameter) {
        this.parameter = parameter;
    }

    String parameter() {
        return parameter;
    }
}
