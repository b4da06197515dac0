package io.xenolith.engine.codec;

/// Compressed bytes that do not yield what they should. Reading them again does not help. Deliberately no
/// [java.io.IOException]: a failed read says nothing about the stored bytes, this does.
public final class CorruptFrameException extends Exception {

    CorruptFrameException(Codec codec, int srcLength, int rawLength, String found) {
        this(codec, srcLength, rawLength, found, null);
    }

    CorruptFrameException(Codec codec, int srcLength, int rawLength, String found, Throwable cause) {
        super("%s frame of %d bytes: expected %d plain bytes, found %s; read another copy of it, or verify and repair the repository"
                .formatted(codec, srcLength, rawLength, found), cause);
    }
}
