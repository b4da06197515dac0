package io.xenolith.source.vhd;

/// A VHD contradicts itself or its format. Reading it again does not help.
public final class DamagedVhdException extends VhdException {

    private static final long serialVersionUID = 1L;

    /// @param offset of the contradiction, in bytes from the start of the image
    DamagedVhdException(String image, long offset, String finding) {
        super("%s, byte %d: %s; it is damaged, so take another copy or export it again"
                .formatted(image, offset, finding));
    }
}
