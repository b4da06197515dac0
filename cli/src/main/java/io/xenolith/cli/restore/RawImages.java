package io.xenolith.cli.restore;

import io.xenolith.engine.point.PointPart;
import io.xenolith.source.raw.ExistingTarget;
import io.xenolith.source.raw.SparseFileTarget;
import io.xenolith.source.raw.StreamTarget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Raw images: the bytes of the disk, or of a file that was kept beside it.
///
/// @param extension how names of such files end
/// @param force     whether files and devices are overwritten
/// @param update    whether they hold another state of the disk
public record RawImages(String extension, boolean force, boolean update) implements ImageMaker {

    @Override
    public RestoreTargets.Target stream(PointPart disk, String place, OutputStream out) {
        return new RestoreTargets.Fresh(place, new StreamTarget(place, out));
    }

    @Override
    public RestoreTargets.Target file(PointPart disk, Path path) throws IOException {
        boolean device = Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
        if (device) {
            requireUnused(path);
        }
        if (update) {
            return new RestoreTargets.Older(path.toString(), ExistingTarget.open(path, disk.size()));
        }
        return new RestoreTargets.Fresh(path.toString(), device ? ExistingTarget.open(path, disk.size())
                : SparseFileTarget.create(path, disk.size(), force));
    }

    private void requireUnused(Path device) throws IOException {
        if (!force && !update) {
            throw new IOException("%s is a device, and a restore overwrites it; say so by --force".formatted(device));
        }
        var use = MountedDevices.use(device);
        if (use.isPresent()) {
            throw new IOException("%s is in use: %s; nothing was written".formatted(device, use.get()));
        }
    }
}
