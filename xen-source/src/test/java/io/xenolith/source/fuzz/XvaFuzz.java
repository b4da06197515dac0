package io.xenolith.source.fuzz;

import io.xenolith.source.xmlvalue.XmlLimits;
import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xmlvalue.XmlValueException;
import io.xenolith.source.xva.Ova;
import io.xenolith.source.xva.OvaException;
import io.xenolith.source.xva.XvaDisk;
import io.xenolith.source.xva.XvaException;
import io.xenolith.source.xva.XvaReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// What a fuzzer may feed with anything: each method returns, or fails with what its parser declares for wrong input and
/// is ignored here. Anything else that it throws is a fault.
public final class XvaFuzz {
    private static final int PIECE_BYTES = 1 << 16;

    private XvaFuzz() {
    }

    /// A whole archive; its disks are as long as it says. Zeros are passed over, so that sizes which lie cost no time.
    public static void archive(byte[] bytes) throws IOException {
        try (var xva = XvaReader.open(new ByteArrayInputStream(bytes), "input")) {
            for (var disk = xva.next(); disk.isPresent(); disk = xva.next()) {
                requireLength(disk.get());
            }
        } catch (XvaException _) {
            // as declared
        }
    }

    private static void requireLength(XvaDisk disk) throws IOException {
        var piece = ByteBuffer.allocate(PIECE_BYTES).limit(0);
        long length = 0;
        while (!piece.hasRemaining()) {
            length += disk.skipZeros(Long.MAX_VALUE);
            disk.read(piece.clear());
            length += piece.position();
        }
        if (length != disk.ovaDisk().size()) {
            throw new AssertionError("%d bytes of a disk of %d".formatted(length, disk.ovaDisk().size()));
        }
    }

    /// An `ova.xml`.
    public static void ova(byte[] bytes) {
        try {
            Ova.parse(bytes);
        } catch (OvaException _) {
            // as declared
        }
    }

    /// An XML-RPC value; what is read is written again, and does not change any more.
    public static void xmlValue(byte[] bytes) {
        try {
            requireSame(again(XmlValue.parse(bytes, XmlLimits.DEFAULT)));
        } catch (XmlValueException _) {
            // as declared
        }
    }

    /// The first time, types that hosts do not write become text.
    private static void requireSame(XmlValue value) {
        if (!again(value).equals(value)) {
            throw new AssertionError("%s became %s".formatted(value, again(value)));
        }
    }

    private static XmlValue again(XmlValue value) {
        try {
            return XmlValue.parse(value.encode(), XmlLimits.DEFAULT);
        } catch (XmlValueException e) {
            throw new AssertionError("what was written cannot be read", e);
        }
    }
}
