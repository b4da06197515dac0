package io.xenolith.source.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A JSON document that describes a backup.
public record Description(Path file) {

    /// The longest that is read: that of a machine with many snapshots has some hundred KiB.
    public static final int MAX_BYTES = 16 << 20;

    /// The document, to the byte.
    ///
    /// @throws IOException if it cannot be read, or is longer than [#MAX_BYTES]
    public byte[] read() throws IOException {
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("%s is longer than %d bytes, which no description of a backup is"
                        .formatted(file, MAX_BYTES));
            }
            return bytes;
        }
    }
}
