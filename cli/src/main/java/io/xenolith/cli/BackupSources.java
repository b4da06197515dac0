package io.xenolith.cli;

import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.changed.ChangedBlocks;
import io.xenolith.source.changed.ChangedBlocksException;
import io.xenolith.source.raw.RawFile;
import io.xenolith.source.raw.RawImage;
import io.xenolith.source.raw.RawStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The images of a backup, and how each is read. Open until it is closed.
final class BackupSources implements Closeable {

    private final Invocation run;
    private final List<NamedDisk> disks;
    private final Map<String, Path> changed;
    private final Closer open = new Closer();

    /// A disk of the command line.
    record NamedDisk(String name, DiskArgument argument) {
    }

    /// @param changed what changed, by the names of disks
    BackupSources(Invocation run, List<NamedDisk> disks, Map<String, Path> changed) {
        this.run = run;
        this.disks = disks;
        this.changed = changed;
    }

    List<DiskInput> open(BackupBase base) throws IOException {
        var inputs = new ArrayList<DiskInput>();
        for (var disk : disks) {
            inputs.add(switch (open.add(image(disk.argument()))) {
                case RawStream stream -> new DiskInput.Stream(disk.name(), requireNoChanges(disk, stream));
                case RawFile file -> input(disk.name(), file, base);
            });
        }
        return inputs;
    }

    private RawImage image(DiskArgument argument) throws IOException {
        return argument.isStandardInput() ? new RawStream(run.surroundings().in()) : RawImage.open(Path.of(argument.file()));
    }

    private RawStream requireNoChanges(NamedDisk disk, RawStream stream) {
        if (changed.containsKey(disk.name())) {
            throw new UsageException("--changed for %s: a pipe can only be read as a whole".formatted(disk.name()));
        }
        return stream;
    }

    private DiskInput input(String name, DiskSource source, BackupBase base) throws IOException {
        return switch (base) {
            case BackupBase.NotAskedFor _ -> new DiskInput.Whole(name, source);
            case BackupBase.Unusable unusable -> new DiskInput.WholeInstead(name, source, unusable.reason());
            case BackupBase.Found found -> against(found.point(), name, source);
        };
    }

    private DiskInput against(RestorePoint base, String name, DiskSource source) throws IOException {
        var old = base.disk(name);
        if (old.isEmpty()) {
            return new DiskInput.WholeInstead(name, source, "the base %s has no disk called %s".formatted(base.id(), name));
        }
        if (!changed.containsKey(name)) {
            return new DiskInput.WholeInstead(name, source, "no --changed was given for it");
        }
        return new DiskInput.Changed(name, source, new ChangesSince(old.get().root(), changes(name, source.size())));
    }

    private Extents changes(String name, long diskSize) throws IOException {
        var file = changed.get(name);
        try {
            return ChangedBlocks.parse(file, diskSize);
        } catch (ChangedBlocksException e) {
            throw new IOException("--changed %s, disk %s: %s".formatted(file, name, e.getMessage()), e);
        }
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
