package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A differencing VHD, at rest or arriving in a stream: what changed since its parent, to the sector. For use by one
/// thread at a time.
public final class DifferencingVhd implements DeltaStream, VhdImage, VhdStream {

    private final VhdFooter footer;
    private final VhdParent parent;
    private final StoredBlocks blocks;
    private final DiskBlocks touched;
    private final long touchedEnd;

    /// @throws IOException if there are no blocks, and the stream does not end as it should
    DifferencingVhd(VhdFooter footer, VhdParent parent, StoredBlocks blocks) throws IOException {
        this.footer = footer;
        this.parent = parent;
        this.blocks = blocks;
        this.touched = blocks.table().stored();
        this.touchedEnd = blocks.table().storedEnd();
        finishAt(0);
    }

    @Override
    public VhdIdentity identity() {
        return footer.identity();
    }

    /// What the image says of the disk below it.
    public VhdParent parent() {
        return parent;
    }

    @Override
    public long size() {
        return footer.size();
    }

    /// The blocks that are stored, even if none of their sectors is.
    @Override
    public DiskBlocks touched() {
        return touched;
    }

    @Override
    public Extents read(Extent region, byte[] target) throws IOException {
        var changed = new ArrayList<Extent>();
        int last = blocks.table().blockAt(region.end() - 1);
        int block = touched.next(blocks.table().blockAt(region.offset()));
        while (block >= 0 && block <= last) {
            readBlock(block, region, target, changed);
            block = touched.next(block + 1);
        }
        finishAt(region.end());
        return Extents.of(changed);
    }

    private void readBlock(int block, Extent region, byte[] target, List<Extent> changed) throws IOException {
        var sectors = new ArrayList<Extent>();
        DiskContent.addSectors(blocks.table(), block, blocks.sectors(block), sectors);
        long start = blocks.table().offset(block);
        for (var extent : Extents.of(sectors).within(region.offset(), region.end())) {
            int at = (int) (extent.offset() - region.offset());
            blocks.read(block, (int) (extent.offset() - start), ByteBuffer.wrap(target, at, (int) extent.length()));
            changed.add(extent);
        }
    }

    private void finishAt(long offset) throws IOException {
        if (offset >= touchedEnd) {
            blocks.finish();
        }
    }

    @Override
    public void close() throws IOException {
        blocks.close();
    }
}
