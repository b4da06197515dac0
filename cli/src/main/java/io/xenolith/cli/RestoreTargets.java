package io.xenolith.cli;

import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.ReadableTarget;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.source.raw.ExistingTarget;
import io.xenolith.source.raw.SparseFileTarget;
import io.xenolith.source.raw.StreamTarget;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the disks of a restore go. All are opened before the first is written, so that what is refused is refused early.
final class RestoreTargets implements Closeable {

    private final Invocation run;
    private final String output;
    private final boolean force;
    private final boolean update;
    private final Closer open = new Closer();
    private final List<Target> targets = new ArrayList<>();

    RestoreTargets(Invocation run, String output, boolean force, boolean update) {
        this.run = run;
        this.output = output;
        this.force = force;
        this.update = update;
    }

    /// A place for one disk.
    sealed interface Target {
        /// What messages call it.
        String place();

        DiskTarget disk();
    }

    /// All of the disk is written to it.
    record Fresh(String place, DiskTarget disk) implements Target {
    }

    /// It holds another state of the disk already.
    record Older(String place, ReadableTarget disk) implements Target {
    }

    void open(List<PointDisk> disks) throws IOException {
        if (output.equals("-")) {
            var stream = new StreamTarget("standard output", run.surroundings().out());
            targets.add(new Fresh("standard output", open.add(stream)));
            return;
        }
        for (var disk : disks) {
            targets.add(target(path(disk, disks.size()), disk.size()));
        }
    }

    Target get(int index) {
        return targets.get(index);
    }

    private Path path(PointDisk disk, int disks) throws IOException {
        var path = Path.of(output);
        if (disks == 1 && !output.endsWith("/") && !Files.isDirectory(path)) {
            return path;
        }
        Files.createDirectories(path);
        var file = path.resolve(disk.name() + ".raw");
        if (!path.equals(file.getParent())) {
            throw new IOException("the disk '%s' cannot be a file of that name; choose it by --disk and name a file"
                    .formatted(disk.name()));
        }
        return file;
    }

    private Target target(Path path, long size) throws IOException {
        boolean device = Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
        if (device) {
            requireUnused(path);
        }
        if (update) {
            return new Older(path.toString(), open.add(ExistingTarget.open(path, size)));
        }
        if (device) {
            return new Fresh(path.toString(), open.add(ExistingTarget.open(path, size)));
        }
        return new Fresh(path.toString(), open.add(SparseFileTarget.create(path, size, force)));
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

    @Override
    public void close() throws IOException {
        open.close();
    }
}
