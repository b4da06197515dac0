package io.xenolith.cli.files;

/// A file or directory on a disk.
///
/// @param name without the directories before it; comes from the disk
/// @param size in bytes; 0 for all but files
/// @param key  what its reader finds it by
record FileEntry(String name, Type type, long size, String key) {

    enum Type { FILE, DIRECTORY, OTHER }

    /// Whether something may be written under that name: it leads nowhere else, and can be told.
    boolean isSafe() {
        return !name.isEmpty() && !name.equals(".") && !name.equals("..") && !name.contains("/") && !name.contains("\ufffd")
                && name.chars().noneMatch(Character::isISOControl);
    }
}
