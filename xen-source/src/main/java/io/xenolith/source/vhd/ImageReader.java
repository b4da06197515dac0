package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;

/// Opens a VHD at rest: finds the footer at its end, compares it with the copy at its start, and reads on from there.
final class ImageReader {

    private final DiskSource file;
    private final String name;

    ImageReader(DiskSource file, String name) {
        this.file = file;
        this.name = name;
    }

    VhdImage open() throws IOException {
        var start = bytes(0, (int) Math.min(VhdFooter.BYTES, file.size()));
        long endAt = VhdFooter.offsetAtEnd(file.size());
        var end = endAt < 0 ? new byte[0] : VhdFooter.completed(bytes(endAt, (int) (file.size() - endAt)));
        if (!VhdFooter.isClaimedBy(end)) {
            throw withoutEnd(start);
        }
        var footer = VhdFooter.decode(end, name, endAt);
        return switch (footer.type()) {
            case FIXED -> fixed(footer, endAt);
            case DYNAMIC -> new DynamicVhd(footer,
                    new BlocksAtRest(file, structures(footer, start, end, endAt).table()));
            case DIFFERENCING -> differencing(footer, structures(footer, start, end, endAt));
        };
    }

    private VhdException withoutEnd(byte[] start) throws VhdException {
        if (NotVhdException.isResponse(start)) {
            return NotVhdException.response(name, start);
        }
        if (!VhdFooter.isClaimedBy(start)) {
            return NotVhdException.withoutFooter(name);
        }
        if (start.length == VhdFooter.BYTES) {
            VhdFooter.decode(start, name, 0);
        }
        return new TruncatedVhdException(name, file.size(),
                "it begins with the copy of a footer, but does not end with the footer");
    }

    private FixedVhd fixed(VhdFooter footer, long endAt) throws VhdException {
        footer.requireFixedSize(endAt, name);
        return new FixedVhd(file, footer);
    }

    private VhdStructures structures(VhdFooter footer, byte[] start, byte[] end, long endAt) throws IOException {
        if (!Arrays.equals(start, end)) {
            throw new DamagedVhdException(name, 0,
                    "the copy of the footer at the start differs from the footer at byte " + endAt);
        }
        return VhdStructures.read(footer, this::bytes, endAt, name);
    }

    private DifferencingVhd differencing(VhdFooter footer, VhdStructures structures) throws IOException {
        var names = new ArrayList<String>();
        for (var locator : structures.header().locators()) {
            if (locator.leadsInto(file.size())) {
                names.add(locator.name(bytes(locator.dataOffset(), locator.dataLength())));
            }
        }
        return new DifferencingVhd(footer, structures.parent(names),
                new BlocksAtRest(file, structures.table()));
    }

    private byte[] bytes(long offset, int length) throws IOException {
        var bytes = new byte[length];
        file.read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
