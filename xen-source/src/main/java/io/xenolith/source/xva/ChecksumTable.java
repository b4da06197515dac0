package io.xenolith.source.xva;

import io.xenolith.source.xmlvalue.XmlLimits;
import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xmlvalue.XmlValueException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The last entry of archives from 2007 and before: a struct that maps the name of each chunk to its SHA-1. It comes when
/// the chunks are gone, so their checksums are kept until then, some 150 bytes for each MiB of data.
final class ChecksumTable {
    static final String ENTRY = "checksum.xml";

    private static final int MAX_CHUNKS = 1 << 20; // a TiB of data; bounds the memory

    private final Map<String, String> found = new HashMap<>();

    /// Keeps the checksum of a chunk.
    ///
    /// @return whether there was room for it
    boolean add(String chunk, byte[] bytes, int offset, int length) {
        found.put(chunk, new String(ChunkChecksum.SHA1.of(bytes, offset, length), StandardCharsets.US_ASCII));
        return found.size() <= MAX_CHUNKS;
    }

    /// Compares the chunks that came with a table.
    ///
    /// @return what is wrong, or an empty text
    String compare(byte[] table) {
        try {
            return XmlValue.parse(table, XmlLimits.DEFAULT) instanceof XmlValue.Struct(var expected)
                    ? compare(expected) : "it is no struct of checksums";
        } catch (XmlValueException e) {
            return "it is no table of checksums: " + e.getMessage();
        }
    }

    private String compare(Map<String, XmlValue> expected) {
        for (var chunk : found.entrySet()) {
            var checksum = expected.get(chunk.getKey());
            if (checksum == null || !checksum.asText().equals(Optional.of(chunk.getValue()))) {
                return "the SHA-1 of %s is %s, but the table says %s".formatted(chunk.getKey(), chunk.getValue(),
                        checksum == null ? "nothing" : checksum.asText().orElse("nothing"));
            }
        }
        for (var name : expected.keySet()) {
            if (!found.containsKey(name)) {
                return "the table names %s, which did not come".formatted(name);
            }
        }
        return "";
    }
}
