package io.xenolith.cli.restore;

import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.point.PointPart;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.raw.SparseFileTarget;
import io.xenolith.source.raw.StreamTarget;
import io.xenolith.source.vhd.VhdIdentity;
import io.xenolith.source.vhd.VhdLayout;
import io.xenolith.source.vhd.VhdTarget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/// VHD images: dynamic, or differencing if they are to hold changes only.
///
/// @param point the one that is restored
public record VhdImages(Invocation run, OpenRepository open, RestorePoint point, Optional<DeltaFrom> delta, boolean force)
        implements ImageMaker {

    @Override
    public String extension() {
        return ".vhd";
    }

    @Override
    public RestoreTargets.Target file(PointPart disk, Path path) throws IOException {
        var image = new Image(disk);
        return image.into(path.toString(), SparseFileTarget.create(path, image.layout.fileLength(), force));
    }

    /// Importers want to know the length before the first byte.
    @Override
    public RestoreTargets.Target stream(PointPart disk, String place, OutputStream out) throws IOException {
        var image = new Image(disk);
        run.note("a VHD of %d bytes follows".formatted(image.layout.fileLength()));
        return image.into(place, new StreamTarget(place, out));
    }

    private VhdIdentity identity(RestorePoint of, PointPart disk) {
        return new VhdIdentity(ImageIdentity.of(of, disk.name()), of.time());
    }

    private final class Image {
        private final DiskBlocks blocks;
        private final VhdLayout layout;

        Image(PointPart disk) throws IOException {
            this.blocks = DeltaFrom.blocks(open, delta, disk, VhdLayout.BLOCK_BYTES);
            var self = identity(point, disk);
            this.layout = delta.isEmpty() ? VhdLayout.dynamic(blocks, self)
                    : VhdLayout.differencing(blocks, self, identity(delta.get().point(), disk),
                            delta.get().baseFile(disk, extension()));
        }

        RestoreTargets.Target into(String place, DiskTarget file) {
            var target = new VhdTarget(layout, file);
            return delta.isEmpty() ? new RestoreTargets.Fresh(place, target) : new RestoreTargets.Part(place, target, blocks);
        }
    }
}
