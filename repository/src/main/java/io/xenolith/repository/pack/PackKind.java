package io.xenolith.repository.pack;

/// What a pack holds. The number is part of the format.
public enum PackKind {
    /// Chunks of disks.
    DATA(0, "data"),
    /// Nodes of block maps.
    MAP(1, "map");

    private final int number;
    private final String folder;

    PackKind(int number, String folder) {
        this.number = number;
        this.folder = folder;
    }

    public int number() {
        return number;
    }

    /// Where packs of this kind lie, with a slash at the end.
    public String folder() {
        return "packs/" + folder + "/";
    }
}
