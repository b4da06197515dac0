package io.xenolith.source.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Opens a VHD that arrives in a stream: finds the copy of the footer at its start, which the end has to prove.
final class StreamReader {

    private static final int COPY_BYTES = 1 << 20;

    private final ForwardInput in;
    private final Path scratchDirectory;

    StreamReader(ForwardInput in, Path scratchDirectory) {
        this.in = in;
        this.scratchDirectory = scratchDirectory;
    }

    VhdStream open() throws IOException {
        var start = start();
        if (!VhdFooter.isClaimedBy(start)) {
            return new FixedVhdStream(in, start);
        }
        var footer = VhdFooter.decode(start, in.name(), 0);
        return switch (footer.type()) {
            case FIXED -> new FixedVhdStream(in, start); // a disk that begins with what ends others
            case DYNAMIC -> new DynamicVhdStream(footer, blocks(structures(footer), start));
            case DIFFERENCING -> {
                var structures = structures(footer);
                // the locators' data may have passed already, and hosts leave it empty
                yield new DifferencingVhd(footer, structures.parent(List.of()), blocks(structures, start));
            }
        };
    }

    private byte[] start() throws IOException {
        var start = ByteBuffer.allocate(VhdFooter.BYTES);
        in.readToEnd(start);
        var bytes = Arrays.copyOf(start.array(), start.position());
        if (NotVhdException.isResponse(bytes)) {
            throw NotVhdException.response(in.name(), bytes);
        }
        if (start.hasRemaining()) {
            throw new TruncatedVhdException(in.name(), bytes.length, "the stream ends here, before a footer");
        }
        return bytes;
    }

    private VhdStructures structures(VhdFooter footer) throws IOException {
        return VhdStructures.read(footer, in::read, Long.MAX_VALUE, in.name());
    }

    private StoredBlocks blocks(VhdStructures structures, byte[] footer) throws IOException {
        var table = structures.table();
        var order = table.inImageOrder();
        if (order.length > 0) {
            in.skipTo(table.bitmapOffset(order[0])); // refuses blocks before the table, which have passed
        }
        var inStream = new BlocksInStream(in, structures, order.length == 0 ? -1 : order[order.length - 1], footer);
        boolean inDiskOrder = Arrays.equals(order, Arrays.stream(order).sorted().toArray());
        return inDiskOrder ? inStream : setAside(inStream, order);
    }

    private StoredBlocks setAside(BlocksInStream inStream, int[] order) throws IOException {
        var scratch = ScratchFile.create(scratchDirectory);
        try (inStream) {
            return new BlocksAtRest(scratch, copy(inStream, order, scratch));
        } catch (Throwable e) {
            scratch.close();
            throw e;
        }
    }

    /// Copies all blocks, one behind the other, and returns where they are now.
    private BlockTable copy(BlocksInStream inStream, int[] order, ScratchFile scratch) throws IOException {
        var table = inStream.table();
        var sectors = new int[(int) BlockTable.blocks(table.diskSize(), table.blockBytes())];
        Arrays.fill(sectors, BlockTable.NOT_STORED);
        var buffer = ByteBuffer.allocateDirect(COPY_BYTES);
        long at = 0;
        for (int block : order) {
            sectors[block] = (int) (at / VhdFooter.SECTOR_BYTES);
            in.skipTo(table.bitmapOffset(block));
            while (in.position() < table.end(block)) {
                in.read(buffer.clear().limit((int) Math.min(COPY_BYTES, table.end(block) - in.position())));
                scratch.write(at, buffer.flip());
                at += buffer.limit();
            }
        }
        inStream.finish();
        return new BlockTable(table.diskSize(), table.blockBytes(), sectors);
    }
}
