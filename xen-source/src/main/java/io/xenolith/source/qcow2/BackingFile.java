package io.xenolith.source.qcow2;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The image that another one is laid over: what it does not hold itself reads as it does there.
///
/// @param name a path, relative to the directory of the image that names it; 1 to [#MAX_NAME_BYTES] bytes of UTF-8
/// @param format what qemu calls the format of that image, such as `raw`, `qcow2` or `vpc`; empty where a foreign
///     image does not say
public record BackingFile(String name, Optional<String> format) {
    /// The longest name that the format allows.
    public static final int MAX_NAME_BYTES = 1023;

    static final int MAX_FORMAT_BYTES = 64; // the names of qemu's formats have a dozen

    public BackingFile {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("a name of %d bytes for a backing file, expected 1 to %d"
                    .formatted(bytes, MAX_NAME_BYTES));
        }
        if (format.isPresent() && format.get().getBytes(StandardCharsets.UTF_8).length > MAX_FORMAT_BYTES) {
            throw new IllegalArgumentException("no format of a backing file: " + format.get());
        }
    }

    /// A backing file of a known format; qemu refuses to guess it.
    public BackingFile(String name, String format) {
        this(name, Optional.of(format));
    }
}
