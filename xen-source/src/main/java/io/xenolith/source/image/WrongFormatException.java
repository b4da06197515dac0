package io.xenolith.source.image;

import java.io.IOException;

/// An image is not of the format that somebody said it has. Nothing of it was used.
public final class WrongFormatException extends IOException {
    private final ImageFormat found;

    WrongFormatException(String name, ImageFormat expected, ImageFormat found) {
        super("%s is to be read as %s, but looks like %s; %s".formatted(name, expected.words(), found.words(),
                found == ImageFormat.HTTP_ANSWER ? "look into the log of the host for why it could not send the image"
                        : "name that format, or none"));
        this.found = found;
    }

    /// What it looks like.
    public ImageFormat found() {
        return found;
    }
}
