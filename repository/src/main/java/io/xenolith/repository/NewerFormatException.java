package io.xenolith.repository;

/// An object was written by a newer version of the program, which alone can read it.
public final class NewerFormatException extends RepositoryException {

    public NewerFormatException(String object, int version, int known) {
        super("%s has format version %d, this program knows versions up to %d; use a newer xenolith"
                .formatted(object, version, known));
    }
}
