package io.xenolith.source.history;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One backup of one machine, as somebody else made it.
///
/// @param file        what stands for it: an archive, a description or an image
/// @param origin      who made it, for people
/// @param machine     the machine's name
/// @param uuid        what its hypervisor knows it by, where that is known
/// @param time        when it was made, to the second
/// @param description what Xen Orchestra says of it
public record PastBackup(Path file, Origin origin, String machine, Optional<String> uuid, Instant time, Content content,
        Optional<Description> description) {

    /// Who makes backups so.
    public enum Origin {
        NAUBACKUP("NAUbackup"),
        VM_EXPORT("xe vm-export"),
        XEN_ORCHESTRA("Xen Orchestra"),
        VHD("VHD");

        private final String words;

        Origin(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /// Where the disks are.
    public sealed interface Content {

        /// What they are called.
        List<String> diskNames();

        /// In an XVA archive.
        record Archive(Path xva, List<String> diskNames) implements Content {
            public Archive {
                diskNames = List.copyOf(diskNames);
            }
        }

        /// In an image each.
        record Images(List<PastDisk> disks) implements Content {
            public Images {
                disks = List.copyOf(disks);
            }

            @Override
            public List<String> diskNames() {
                return disks.stream().map(PastDisk::name).toList();
            }
        }
    }

    /// A disk of a backup.
    ///
    /// @param name  a device such as `xvda`; fit for a file's name, and unique within its backup
    /// @param label what people call it
    /// @param uuid  what its hypervisor knows it by
    public record PastDisk(String name, Optional<String> label, Optional<String> uuid, PastImage image) {
    }

    /// Whether any disk holds only what changed since an earlier backup.
    public boolean isIncrement() {
        return content instanceof Content.Images images
                && images.disks().stream().anyMatch(disk -> disk.image().parent().isPresent());
    }
}
