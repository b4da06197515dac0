package io.xenolith.source.fuzz;

import io.xenolith.source.image.ImageFormat;

/// The entry of a fuzzer into [ImageFormat].
public final class ImageFormatFuzz {

    private ImageFormatFuzz() {
    }

    /// Recognises the beginning of something; never throws.
    public static void recognise(byte[] head) {
        if (ImageFormat.recognise(head).words().isEmpty()) {
            throw new AssertionError("no words for it");
        }
    }
}
