package io.xenolith.source.vm;

import java.io.IOException;

/// A machine cannot be backed up as things are. Nothing was done to it.
public final class VmNotReadyException extends IOException {

    /// @param vm      the machine's name
    /// @param finding what is in the way, and what to do about it
    VmNotReadyException(String vm, String finding) {
        super("'%s' cannot be backed up now: %s".formatted(vm, finding));
    }
}
