package io.xenolith.cli.backup;

import io.xenolith.cli.Closer;
import io.xenolith.cli.UsageException;
import io.xenolith.cli.restore.ImageIdentity;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.changed.ChangedBlocks;
import io.xenolith.source.changed.ChangedBlocksException;
import io.xenolith.source.image.DiskImage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The images of a backup, and how each is read. Open until it is closed.
public final class BackupSources implements Closeable {

    /// What stands before the id of an image, to tell it from the ids of hypervisors.
    private static final String VHD = "vhd:";

    private final DiskOpener opener;
    private final List<NamedDisk> disks;
    private final Map<String, Path> changed;
    private final Map<String, UUID> known = new LinkedHashMap<>();
    private final Closer open = new Closer();

    /// A disk of the command line.
    public record NamedDisk(String name, DiskArgument argument) {
    }

    /// @param changed what changed, by the names of disks
    public BackupSources(DiskOpener opener, List<NamedDisk> disks, Map<String, Path> changed) {
        this.opener = opener;
        this.disks = disks;
        this.changed = changed;
    }

    public List<DiskInput> open(BackupBase base) throws IOException {
        var inputs = new ArrayList<DiskInput>();
        for (var disk : disks) {
            var image = open.add(opener.open(disk.argument()));
            image.identity().self().ifPresent(id -> known.put(disk.name(), id));
            inputs.add(switch (image) {
                case DiskImage.Arriving arriving -> new DiskInput.Stream(disk.name(), arriving.stream());
                case DiskImage.AtRest atRest -> input(disk, atRest.source(), base);
                case DiskImage.Changes changes -> delta(disk, changes, base);
            });
            if (changed.containsKey(disk.name()) && !(image instanceof DiskImage.AtRest)) {
                throw new UsageException("--changed for %s: %s can only be read as a whole"
                        .formatted(disk.name(), image.format().words()));
            }
        }
        return inputs;
    }

    private DiskInput input(NamedDisk disk, DiskSource source, BackupBase base) throws IOException {
        return switch (base) {
            case BackupBase.NotAskedFor _ -> new DiskInput.Whole(disk.name(), source);
            case BackupBase.Unusable unusable -> new DiskInput.WholeInstead(disk.name(), source, unusable.reason());
            case BackupBase.Found found -> against(found.point(), disk, source);
        };
    }

    private DiskInput against(RestorePoint base, NamedDisk disk, DiskSource source) throws IOException {
        var name = disk.name();
        var old = base.disk(name);
        if (old.isEmpty()) {
            return new DiskInput.WholeInstead(name, source, "the base %s has no disk called %s".formatted(base.id(), name));
        }
        var told = changed.containsKey(name) ? Optional.of(changes(name, source.size())) : opener.changed(disk.argument());
        return told.isEmpty() ? new DiskInput.WholeInstead(name, source, "no --changed was given for it")
                : new DiskInput.Changed(name, source, new ChangesSince(old.get().root(), told.get()));
    }

    private Extents changes(String name, long diskSize) throws IOException {
        var file = changed.get(name);
        try {
            return ChangedBlocks.parse(file, diskSize);
        } catch (ChangedBlocksException e) {
            throw new IOException("--changed %s, disk %s: %s".formatted(file, name, e.getMessage()), e);
        }
    }

    /// What a delta leaves out is only in its base, so nothing can stand in for that.
    private static DiskInput delta(NamedDisk disk, DiskImage.Changes image, BackupBase base) throws IOException {
        var what = "%s is %s and holds only what changed".formatted(disk.argument().file(), image.format().words());
        var old = switch (base) {
            case BackupBase.NotAskedFor _ ->
                    throw new UsageException(what + "; name the restore point that it counts from by --base");
            case BackupBase.Unusable unusable -> throw new IOException("%s, but %s".formatted(what, unusable.reason()));
            case BackupBase.Found found -> found.point().disk(disk.name()).orElseThrow(() -> new UsageException(
                    "%s, but the base %s has no disk called %s".formatted(what, found.point().id(), disk.name())));
        };
        requireParent(what, image, old, ((BackupBase.Found) base).point());
        return new DiskInput.Delta(disk.name(), image.delta(), old.root());
    }

    /// A parent is known by the id that the base had when it was backed up, or has in images that were restored from it.
    private static void requireParent(String what, DiskImage.Changes image, PointDisk old, RestorePoint base)
            throws IOException {
        var parent = image.identity().parent();
        var before = old.uuid().filter(id -> id.startsWith(VHD)).map(id -> UUID.fromString(id.substring(VHD.length())));
        boolean known = parent.isEmpty() || before.isEmpty() || parent.equals(before)
                || parent.get().equals(ImageIdentity.of(base, old.name()));
        if (!known) {
            throw new IOException("%s since the disk %s, but %s of the base %s was %s; name the point that it counts from"
                    .formatted(what, parent.get(), old.name(), base.id(), before.get()));
        }
    }

    /// The disk, with what its image called itself.
    public PointDisk identified(PointDisk disk) {
        return disk.known(disk.label(), Optional.ofNullable(known.get(disk.name())).map(id -> VHD + id));
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
