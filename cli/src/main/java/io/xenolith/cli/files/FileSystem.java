package io.xenolith.cli.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.xenolith.engine.disk.DiskSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What is on a partition, told by a few bytes at a known place.
enum FileSystem {
    EXT("ext2/3/4", 0x438, "\u0053\u00ef"),
    NTFS("NTFS", 3, "NTFS    "),
    FAT32("FAT", 82, "FAT32   "),
    FAT16("FAT", 54, "FAT1"),
    SQUASHFS("SquashFS", 0, "hsqs"),
    ISO("ISO 9660", 0x8001, "CD001"),
    XFS("XFS", 0, "XFSB"),
    BTRFS("Btrfs", 0x10040, "_BHRfS_M"),
    EXFAT("exFAT", 3, "EXFAT   "),
    LUKS("LUKS", 0, "LUKS\u00ba\u00be"),
    LVM("LVM", 512, "LABELONE"),
    SWAP("swap", 4086, "SWAPSPACE2"),
    UNKNOWN("unknown", 0, "");

    private final String words;
    private final long offset;
    private final byte[] magic;

    FileSystem(String words, long offset, String magic) {
        this.words = words;
        this.offset = offset;
        this.magic = magic.getBytes(ISO_8859_1);
    }

    /// What it is called among people.
    String words() {
        return words;
    }

    /// Whether files can be read out of it here.
    boolean isReadable() {
        return switch (this) {
            case EXT, NTFS, FAT32, FAT16, SQUASHFS, ISO -> true;
            case XFS, BTRFS, EXFAT, LUKS, LVM, SWAP, UNKNOWN -> false;
        };
    }

    static FileSystem of(DiskSource partition) throws IOException {
        for (var candidate : values()) {
            if (candidate.isOn(partition)) {
                return candidate;
            }
        }
        throw new AssertionError("UNKNOWN is on all");
    }

    private boolean isOn(DiskSource partition) throws IOException {
        if (offset + magic.length > partition.size()) {
            return false;
        }
        var found = ByteBuffer.allocate(magic.length);
        partition.read(offset, found);
        return found.flip().equals(ByteBuffer.wrap(magic));
    }
}
