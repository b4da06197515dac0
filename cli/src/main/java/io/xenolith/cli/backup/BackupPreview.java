package io.xenolith.cli.backup;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Table;
import io.xenolith.cli.Words;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.point.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says what a backup would read.
public final class BackupPreview {

    private final Invocation run;

    public BackupPreview(Invocation run) {
        this.run = run;
    }

    /// What would be read.
    public record Result(boolean dryRun, String vm, String level, List<Disk> disks) {
    }

    /// @param size        in bytes; nothing if nobody knows before the end
    /// @param bytesToRead as far as is known before; an increment reads a sample of the rest on top
    /// @param how         in words
    public record Disk(String name, Optional<Long> size, Optional<Long> bytesToRead, String how) {
    }

    public void show(String vm, Level level, List<DiskInput> inputs) throws IOException {
        var disks = new ArrayList<Disk>();
        for (var input : inputs) {
            disks.add(disk(input));
        }
        var table = new Table("DISK", ">SIZE", ">TO READ", "HOW");
        disks.forEach(disk -> table.row(disk.name(), size(disk.size()), size(disk.bytesToRead()), disk.how()));
        run.results().show(new Result(true, vm, Words.of(level), disks), table::print);
    }

    private static String size(Optional<Long> bytes) {
        return bytes.map(ByteSize::format).orElse("unknown");
    }

    private static Disk disk(DiskInput input) throws IOException {
        return switch (input) {
            case DiskInput.Whole whole -> whole(whole.name(), whole.source(), "all of it, but for holes");
            case DiskInput.WholeInstead whole -> whole(whole.name(), whole.source(), "all of it, but for holes: "
                    + whole.reason());
            case DiskInput.Stream stream -> new Disk(stream.name(), Optional.empty(), Optional.empty(), "all of it, to its end");
            case DiskInput.Delta delta -> new Disk(delta.name(), Optional.of(delta.delta().size()),
                    Optional.of(delta.delta().touched().bytes()), "what changed");
            case DiskInput.Changed changed -> new Disk(changed.name(), Optional.of(changed.source().size()),
                    Optional.of(changed.changes().changed().bytes()), "what changed, and a sample of the rest");
        };
    }

    private static Disk whole(String name, DiskSource source, String how) throws IOException {
        long bytes = 0;
        for (long at = 0; at < source.size(); at += Chunking.REGION_BYTES) {
            bytes += source.allocated(new Extent(at, Math.min(Chunking.REGION_BYTES, source.size() - at))).bytes();
        }
        return new Disk(name, Optional.of(source.size()), Optional.of(bytes), how);
    }
}
