package io.xenolith.source.vhd;

/// A VHD ends before it is whole, or something else stands where it should end. The export or the copy failed.
public final class TruncatedVhdException extends VhdException {

    private static final long serialVersionUID = 1L;

    /// @param offset where the image ends or goes wrong, in bytes from its start
    TruncatedVhdException(String image, long offset, String finding) {
        super("%s, byte %d: %s; it is not whole, so export or copy it again".formatted(image, offset, finding));
    }
}
