package io.xenolith.source.vhd;

import java.io.IOException;

/// Bytes that are to be a VHD cannot be read as one. Each subclass calls for something else to be done.
public abstract sealed class VhdException extends IOException
        permits DamagedVhdException, TruncatedVhdException, UnsupportedVhdException, NotVhdException {

    private static final long serialVersionUID = 1L;

    VhdException(String message) {
        super(message);
    }
}
