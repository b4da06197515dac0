package io.xenolith.source.fuzz;

import io.xenolith.source.xmlvalue.XmlLimits;
import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xmlvalue.XmlValueException;
import io.xenolith.source.xva.Ova;
import io.xenolith.source.xva.OvaException;
import io.xenolith.source.xva.XvaException;
import io.xenolith.source.xva.XvaReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// What a fuzzer may feed with anything: each method returns, or fails with what its parser declares for wrong input and
/// is ignored here. Anything else that it throws is a fault.
public final class XvaFuzz {

    private XvaFuzz() {
    }

    /// A whole archive; disks are passed over, so that sizes which lie cost no time.
    public static void archive(byte[] bytes) throws IOException {
        try (var xva = XvaReader.open(new ByteArrayInputStream(bytes), "input")) {
            while (xva.next().isPresent()) {
                // the next one reads this one to its end
            }
        } catch (XvaException _) {
            // as declared
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

    /// An XML-RPC value; what is read is written again.
    public static void xmlValue(byte[] bytes) {
        try {
            XmlValue.parse(XmlValue.parse(bytes, XmlLimits.DEFAULT).encode(), XmlLimits.DEFAULT);
        } catch (XmlValueException _) {
            // as declared
        }
    }
}
