package io.xenolith.cli.restore;

import io.xenolith.cli.Closer;
import io.xenolith.cli.Invocation;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.ReadableTarget;
import io.xenolith.engine.point.PointPart;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the disks of a restore go. All are opened before the first is written, so that what is refused is refused early.
public final class RestoreTargets implements Closeable {

    private final Invocation run;
    private final String output;
    private final ImageMaker images;
    private final Closer open = new Closer();
    private final List<Target> targets = new ArrayList<>();

    /// @param output a file, a directory or `-`
    /// @param images what is made there
    public RestoreTargets(Invocation run, String output, ImageMaker images) {
        this.run = run;
        this.output = output;
        this.images = images;
    }

    /// A place for one disk.
    public sealed interface Target {
        /// What messages call it.
        String place();

        DiskTarget disk();
    }

    /// All of the disk is written to it.
    public record Fresh(String place, DiskTarget disk) implements Target {
    }

    /// It holds another state of the disk already.
    public record Older(String place, ReadableTarget disk) implements Target {
    }

    /// Some of the disk's blocks are written to it.
    public record Part(String place, DiskTarget disk, DiskBlocks only) implements Target {
    }

    public void open(List<? extends PointPart> disks) throws IOException {
        for (var disk : disks) {
            var target = output.equals("-") ? images.stream(disk, "standard output", run.surroundings().out())
                    : images.file(disk, path(disk, disks.size()));
            open.add(target.disk());
            targets.add(target);
        }
    }

    public Target get(int index) {
        return targets.get(index);
    }

    private Path path(PointPart disk, int disks) throws IOException {
        var path = Path.of(output);
        if (disks == 1 && !output.endsWith("/") && !Files.isDirectory(path)) {
            return path;
        }
        Files.createDirectories(path);
        var file = path.resolve(disk.name() + images.extension());
        if (!path.equals(file.getParent())) {
            throw new IOException("the disk '%s' cannot be a file of that name; choose it by --disk and name a file"
                    .formatted(disk.name()));
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
