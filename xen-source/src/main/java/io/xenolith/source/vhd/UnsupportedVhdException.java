package io.xenolith.source.vhd;

/// A VHD may be sound, but is of a kind that is not read here, or not in this way.
public final class UnsupportedVhdException extends VhdException {

    private static final long serialVersionUID = 1L;

    /// @param finding   what is not supported
    /// @param nextStep  what to do instead
    UnsupportedVhdException(String image, long offset, String finding, String nextStep) {
        super("%s, byte %d: %s; %s".formatted(image, offset, finding, nextStep));
    }
}
