package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.Limits;
import java.nio.charset.StandardCharsets;

/// One line of the answer to a client that asks for a list.
///
/// @param name        what to ask for to get it; at most 4096 bytes of UTF-8
/// @param description for people; empty for none, otherwise at most 4096 bytes of UTF-8
public record ExportListing(String name, String description) {

    public ExportListing {
        var _ = new ExportName(name); // refuses what cannot be one
        requireString(description);
    }

    static void requireString(String description) {
        int bytes = description.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Limits.STRING) {
            throw new IllegalArgumentException("an export's description has at most %d bytes, this one has %d"
                    .formatted(Limits.STRING, bytes));
        }
    }
}
