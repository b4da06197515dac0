package io.xenolith.source.xva;

import io.xenolith.source.xmlvalue.UnexpectedRootException;
import io.xenolith.source.xmlvalue.XmlLimits;
import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xmlvalue.XmlValueException;
import java.util.List;

/// What `ova.xml` says of an archive, as far as it matters here; everything else is in its bytes.
///
/// @param machines      in the order in which they are written; an export of data has one
/// @param streamedDisks whose data the archive carries, unless it holds metadata only, in the order in which a host
///                      streams them: that of their references as bytes
/// @param drives        that carry no data
public record Ova(OvaVersion version, List<OvaMachine> machines, List<OvaDisk> streamedDisks, List<OvaDrive> drives) {

    /// The longest `ova.xml` that is read, in bytes.
    public static final int MAX_BYTES = XmlLimits.DEFAULT.bytes();

    public Ova {
        machines = List.copyOf(machines);
        streamedDisks = List.copyOf(streamedDisks);
        drives = List.copyOf(drives);
    }

    /// Reads an `ova.xml`.
    ///
    /// @throws OvaException if it is none, or is of the first version of the format, or contradicts itself
    public static Ova parse(byte[] xml) throws OvaException {
        try {
            return OvaObjects.of(XmlValue.parse(xml, XmlLimits.DEFAULT)).toOva();
        } catch (UnexpectedRootException e) {
            throw e.root().equals("appliance") ? new OvaException(
                    "an XVA of version 1, from before XenServer 4, which is not read; import it into a host of that"
                    + " time and export it from a newer one", e)
                    : new OvaException(e.getMessage(), e);
        } catch (XmlValueException e) {
            throw new OvaException(e.getMessage(), e);
        }
    }
}
