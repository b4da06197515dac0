package io.xenolith.source.vhd;

import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The header and table of a dynamic or differencing VHD, checked against its footer and each other.
///
/// @param end where the last of them ends in the image
record VhdStructures(VhdHeader header, BlockTable table, long end) {

    /// The most that the format can address with blocks of 2 MiB: 2040 GiB.
    static final long MAX_DISK_BYTES = 2040L << 30;

    /// Where the bytes of an image come from.
    interface Input {

        /// The `length` bytes at `offset`. Asked for in ascending order.
        byte[] read(long offset, int length) throws IOException;
    }

    /// Reads the header and the table that belong to `footer`.
    ///
    /// @param blocksEnd where the blocks end at the latest: at the footer, or anywhere in a stream
    /// @throws VhdException if they contradict each other, the footer, or the room that there is
    static VhdStructures read(VhdFooter footer, Input in, long blocksEnd, String image) throws IOException {
        requireDiskSize(footer.size(), image);
        var headerAt = room(footer.headerOffset(), VhdHeader.BYTES, blocksEnd, "header", image, 16);
        var header = VhdHeader.decode(in.read(headerAt.offset(), VhdHeader.BYTES), image, headerAt.offset());
        long blocks = BlockTable.blocks(footer.size(), header.blockBytes());
        if (blocks > header.tableEntries()) {
            throw new DamagedVhdException(image, headerAt.offset() + 28,
                    "a table of %d entries is too small for the %d blocks of a disk of %d bytes"
                            .formatted(header.tableEntries(), blocks, footer.size()));
        }
        var structures = new ArrayList<>(List.of(new Extent(0, VhdFooter.BYTES), headerAt));
        var entries = new byte[0];
        if (header.tableEntries() > 0) {
            var tableAt = room(header.tableOffset(), header.tableEntries() * BlockTable.ENTRY_BYTES, blocksEnd, "table",
                    image, headerAt.offset() + 16);
            if (tableAt.offset() < headerAt.end() && headerAt.offset() < tableAt.end()) {
                throw new DamagedVhdException(image, headerAt.offset() + 16,
                        "the table at bytes %s overlaps the header at bytes %s".formatted(tableAt, headerAt));
            }
            entries = in.read(tableAt.offset(), (int) blocks * BlockTable.ENTRY_BYTES);
            structures.add(tableAt);
        }
        var table = BlockTable.decode(footer.size(), header.blockBytes(), entries);
        table.requireApart(structures, blocksEnd, image, header.tableOffset());
        return new VhdStructures(header, table, structures.stream().mapToLong(Extent::end).max().orElseThrow());
    }

    private static void requireDiskSize(long size, String image) throws UnsupportedVhdException {
        if (size > MAX_DISK_BYTES) {
            throw new UnsupportedVhdException(image, 48, "a disk of %d bytes is more than the %d that a VHD can have"
                    .formatted(size, MAX_DISK_BYTES), "take it from its source in another format");
        }
    }

    /// @param fieldAt where the image says `offset`
    private static Extent room(long offset, int length, long end, String what, String image, long fieldAt)
            throws DamagedVhdException {
        if (offset < VhdFooter.BYTES || offset > end - length) {
            throw new DamagedVhdException(image, fieldAt, "the %s of %d bytes at byte %s is not between the footers"
                    .formatted(what, length, Long.toUnsignedString(offset)));
        }
        return new Extent(offset, length);
    }

    /// What the image says of its parent.
    ///
    /// @param locatedNames the names that the header's locators lead to
    VhdParent parent(List<String> locatedNames) {
        var names = new ArrayList<String>();
        names.add(header.parentName());
        names.addAll(locatedNames);
        return new VhdParent(header.parent(), names.stream().filter(name -> !name.isEmpty()).distinct().toList());
    }
}
