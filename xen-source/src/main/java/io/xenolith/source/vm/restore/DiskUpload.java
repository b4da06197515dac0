package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.source.vhd.VhdIdentity;
import io.xenolith.source.vhd.VhdLayout;
import io.xenolith.source.vhd.VhdTarget;
import io.xenolith.source.xapi.DiskFormat;
import io.xenolith.source.xapi.NewVdi;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.error.FaultyCallException;
import io.xenolith.source.xapi.error.RefusedException;
import io.xenolith.source.xapi.error.UnavailableException;
import io.xenolith.source.xapi.http.HttpStatusException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Makes disks in the pool, and fills them. Safe for use by several threads, each with a disk.
///
/// | a disk                                | is sent as                                                           |
/// |---------------------------------------|----------------------------------------------------------------------|
/// | new, up to 2040 GiB                   | a dynamic VHD of the blocks with data, its length known beforehand   |
/// | new, and longer, or where VHD fails   | pieces with data; and zeros, where a new disk may hold anything      |
/// | a clone of a snapshot                 | a differencing VHD of the blocks that differ                         |
final class DiskUpload {
    private static final int ZEROS_BYTES = 1 << 20;

    private final Xapi xapi;
    private final Mark mark;
    private final Sent sent;
    private final List<String> notes;

    /// @param notes safe for use by several threads
    DiskUpload(Xapi xapi, Mark mark, Sent sent, List<String> notes) {
        this.xapi = xapi;
        this.mark = mark;
        this.sent = sent;
        this.notes = notes;
    }

    Vdi upload(RestorePlan.Disk disk) throws IOException, InterruptedException {
        if (disk.over().isPresent()) {
            return over(disk, disk.over().get());
        }
        if (disk.stored().size() > StorageChoice.MAX_VHD_BYTES) {
            return sparse(disk, create(disk, "qcow2"));
        }
        var vdi = create(disk, "");
        if (holdsAnything(vdi)) {
            return sparse(disk, vdi);
        }
        try {
            var layout = VhdLayout.dynamic(disk.stored().blocks(VhdLayout.BLOCK_BYTES), identity());
            vhd(vdi, layout, target -> disk.stored().write(target));
            return vdi;
        } catch (UnavailableException | FaultyCallException | HttpStatusException e) {
            return insteadOfVhd(disk, vdi, e);
        } catch (RefusedException e) {
            if (!e.is("VDI_IO_ERROR")) { // what an import fails with that would have to zero the disk first
                throw e;
            }
            return insteadOfVhd(disk, vdi, e);
        }
    }

    private Vdi insteadOfVhd(RestorePlan.Disk disk, Vdi refused, IOException reason)
            throws IOException, InterruptedException {
        notes.add("disk '%s' was sent again as raw pieces, its import as VHD failed: %s"
                .formatted(disk.stored().name(), reason.getMessage()));
        Patience.run(() -> xapi.vdis().destroy(refused.ref()));
        return sparse(disk, create(disk, ""));
    }

    private Vdi create(RestorePlan.Disk disk, String imageFormat) throws IOException, InterruptedException {
        var wanted = new NewVdi(disk.storage().ref(), disk.label(), disk.description(),
                Math.max(1, disk.stored().size()), imageFormat, mark.otherConfig());
        return xapi.vdis().get(Uninterrupted.get(() -> xapi.vdis().create(wanted)));
    }

    /// A raw volume is as its storage left it.
    private static boolean holdsAnything(Vdi vdi) {
        return "raw".equals(vdi.smConfig().get("type"));
    }

    private static VhdIdentity identity() {
        return new VhdIdentity(UUID.randomUUID(), Instant.now());
    }

    private interface Content {
        void write(VhdTarget target) throws IOException, InterruptedException;
    }

    private void vhd(Vdi vdi, VhdLayout layout, Content content) throws IOException, InterruptedException {
        sent.expect(layout.fileLength());
        try (var upload = Uninterrupted.get(() -> xapi.imports().rawVdi(vdi.ref(), DiskFormat.VHD, layout.fileLength()));
                var target = new VhdTarget(layout, new ImageStream(sent.counting(upload)))) {
            content.write(target);
            target.commit();
            upload.finish();
        }
    }

    private Vdi sparse(RestorePlan.Disk disk, Vdi vdi) throws IOException, InterruptedException {
        boolean zeros = holdsAnything(vdi) || StorageChoice.isThick(disk.storage());
        sent.expect(zeros ? vdi.virtualSize() : disk.stored().blocks(VhdLayout.BLOCK_BYTES).bytes());
        try (var upload = Uninterrupted.get(() -> xapi.imports().sparseVdi(vdi.ref()));
                var target = new SparseDisk(upload, zeros, sent)) {
            disk.stored().write(target);
            if (zeros) {
                writeZeros(target, disk.stored().size(), vdi.virtualSize());
            }
            target.commit();
            upload.finish();
        }
        return vdi;
    }

    /// Behind the disk's end, as far as the storage rounded its size up.
    private static void writeZeros(SparseDisk target, long from, long to) throws IOException {
        var zeros = ByteBuffer.allocate(ZEROS_BYTES);
        for (long at = from; at < to; at += ZEROS_BYTES) {
            target.write(at, zeros.clear().limit((int) Math.min(ZEROS_BYTES, to - at)));
        }
    }

    private Vdi over(RestorePlan.Disk disk, RestorePlan.Over over) throws IOException, InterruptedException {
        var made = Uninterrupted.get(() -> markedClone(over.base().ref()));
        xapi.vdis().setName(made, disk.label());
        xapi.vdis().setDescription(made, disk.description());
        var vdi = xapi.vdis().get(made);
        var blocks = new DiskBlocks(disk.stored().size(), VhdLayout.BLOCK_BYTES);
        var differs = over.differing().differs();
        for (int block = differs.next(0); block >= 0; block = differs.next(block + 1)) {
            blocks.add(differs.extent(block));
        }
        requireKnownEnd(disk, vdi, blocks);
        vhd(vdi, VhdLayout.differencing(blocks, identity(), identity(), ""), target -> disk.stored().write(blocks, target));
        return vdi;
    }

    private Ref<Vdi> markedClone(Ref<Vdi> base) throws IOException, InterruptedException {
        var made = xapi.vdis().cloneOf(base);
        try {
            xapi.vdis().putOtherConfig(made, Mark.KEY, mark.value());
            return made;
        } catch (IOException e) {
            xapi.vdis().destroy(made); // nobody would find it
            throw e;
        }
    }

    /// Where the snapshot goes on behind the disk's end, the last block is written with the zeros that belong there.
    private static void requireKnownEnd(RestorePlan.Disk disk, Vdi vdi, DiskBlocks blocks) {
        long size = disk.stored().size();
        if (size > 0 && vdi.virtualSize() > size) {
            blocks.add(new Extent(size - 1, 1));
        }
    }
}
