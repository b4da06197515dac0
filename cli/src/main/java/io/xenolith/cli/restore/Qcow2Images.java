package io.xenolith.cli.restore;

import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.point.PointPart;
import io.xenolith.source.qcow2.BackingFile;
import io.xenolith.source.qcow2.CompressedQcow2Target;
import io.xenolith.source.qcow2.Qcow2Compression;
import io.xenolith.source.qcow2.Qcow2Layout;
import io.xenolith.source.qcow2.Qcow2Target;
import io.xenolith.source.raw.SparseFileTarget;
import io.xenolith.source.raw.StreamTarget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/// qcow2 images, compressed or not, laid over another one if they are to hold changes only.
public record Qcow2Images(Invocation run, OpenRepository open, Optional<DeltaFrom> delta, Optional<Qcow2Compression> compression,
        boolean force) implements ImageMaker {

    @Override
    public String extension() {
        return ".qcow2";
    }

    @Override
    public RestoreTargets.Target file(PointPart disk, Path path) throws IOException {
        if (compression.isPresent()) {
            return new RestoreTargets.Fresh(path.toString(),
                    CompressedQcow2Target.create(path, disk.size(), compression.get(), force));
        }
        var image = new Image(disk);
        return image.into(path.toString(), SparseFileTarget.create(path, image.layout.fileBytes(), force));
    }

    @Override
    public RestoreTargets.Target stream(PointPart disk, String place, OutputStream out) throws IOException {
        if (compression.isPresent()) {
            throw new UsageException("a compressed qcow2 image is written out of order; name a file, not -");
        }
        var image = new Image(disk);
        run.note("a qcow2 image of %d bytes follows".formatted(image.layout.fileBytes()));
        return image.into(place, new StreamTarget(place, out));
    }

    private final class Image {
        private final DiskBlocks clusters;
        private final Qcow2Layout layout;

        Image(PointPart disk) throws IOException {
            this.clusters = DeltaFrom.blocks(open, delta, disk, Qcow2Layout.CLUSTER_BYTES);
            this.layout = delta.isEmpty() ? Qcow2Layout.of(clusters) : Qcow2Layout.over(backing(disk), clusters);
        }

        private BackingFile backing(PointPart disk) {
            var name = delta.get().baseFile(disk, extension());
            return new BackingFile(name, name.endsWith(".vhd") ? "vpc" : name.endsWith(extension()) ? "qcow2" : "raw");
        }

        RestoreTargets.Target into(String place, DiskTarget file) {
            var target = new Qcow2Target(file, layout);
            return delta.isEmpty() ? new RestoreTargets.Fresh(place, target)
                    : new RestoreTargets.Part(place, target, clusters);
        }
    }
}
