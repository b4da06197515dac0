package io.xenolith.cli.restore;

import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.PointPart;
import io.xenolith.engine.point.RestorePoint;
import java.io.IOException;
import java.util.Optional;

/// The point that an image of changes counts from.
///
/// @param file what the image is to call the file with the disk of that point; nothing for the name it is restored to
public record DeltaFrom(RestorePoint point, Optional<String> file) {

    /// The disk that the changes of `disk` count from.
    public PointDisk base(PointPart disk) {
        return point.disk(disk.name()).orElseThrow(() -> new UsageException(
                "--delta-from: the restore point %s has no disk called %s".formatted(point.id(), disk.name())));
    }

    /// The file that the base is in.
    public String baseFile(PointPart disk, String extension) {
        return file.orElse(disk.name() + extension);
    }

    /// The blocks to write of a disk: those that differ, or those that hold data if nothing is counted from.
    public static DiskBlocks blocks(OpenRepository open, Optional<DeltaFrom> delta, PointPart disk, int blockBytes)
            throws IOException {
        var mapped = open.disk(disk);
        return delta.isEmpty() ? mapped.blocks(blockBytes)
                : mapped.blocksChangedSince(open.disk(delta.get().base(disk)), blockBytes);
    }
}
