package io.xenolith.source.xmlvalue;

/// How much of a document is read before it is refused.
///
/// @param bytes  the longest document
/// @param depth  how deep values may nest; at most 60, for a value takes three elements and the parser stops at 200
/// @param values how many values there may be in all; each takes at least some 40 bytes of memory
public record XmlLimits(int bytes, int depth, int values) {

    /// Enough for the metadata of a large pool, which is some tens of MiB.
    public static final XmlLimits DEFAULT = new XmlLimits(256 << 20, 32, 4 << 20);

    public XmlLimits {
        if (bytes < 1 || depth < 1 || depth > 60 || values < 1) {
            throw new IllegalArgumentException("%d bytes, %d deep, %d values".formatted(bytes, depth, values));
        }
    }
}
