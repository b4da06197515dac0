package io.xenolith.cli.restore;

import io.xenolith.cli.OpenRepository;
import io.xenolith.engine.Progress;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.vm.description.VmDescription;
import io.xenolith.source.vm.restore.StoredDisk;
import io.xenolith.source.vm.restore.StoredVm;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A restore point, as a restore into a pool reads it.
///
/// @param description what is kept of the machine's records
/// @param ovaXml      what is kept of its archive
public record PointVm(OpenRepository open, RestorePoint point, Optional<VmDescription> description, Optional<byte[]> ovaXml)
        implements StoredVm {

    public static PointVm of(OpenRepository open, RestorePoint point) throws IOException, InterruptedException {
        var records = point.file(VmDescription.FILE_NAME);
        var archive = point.file(XvaRestore.OVA_XML);
        return new PointVm(open, point,
                records.isEmpty() ? Optional.empty() : Optional.of(VmDescription.decode(open.read(records.get()))),
                archive.isEmpty() ? Optional.empty() : Optional.of(open.read(archive.get())));
    }

    @Override
    public String name() {
        return point.vm();
    }

    @Override
    public Optional<String> uuid() {
        return point.machine().uuid();
    }

    @Override
    public boolean template() {
        return description.isPresent() && description.get().vm().isTemplate();
    }

    @Override
    public List<StoredDisk> disks() {
        return point.disks().stream().<StoredDisk>map(disk -> new Disk(open, disk)).toList();
    }

    /// A disk of it.
    private record Disk(OpenRepository repository, PointDisk disk) implements StoredDisk {
        @Override
        public String name() {
            return disk.name();
        }

        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public String label() {
            return disk.label().orElse("");
        }

        @Override
        public DiskBlocks blocks(int blockBytes) throws IOException {
            return repository.disk(disk).blocks(blockBytes);
        }

        @Override
        public void write(DiskTarget target) throws IOException, InterruptedException {
            repository.restore(Progress.NONE).restore(disk.root(), target);
        }

        @Override
        public void write(DiskBlocks only, DiskTarget target) throws IOException, InterruptedException {
            repository.restore(Progress.NONE).restoreOnly(disk.root(), only, target);
        }

        @Override
        public DiskSource open() throws IOException {
            return repository.disk(disk);
        }
    }
}
