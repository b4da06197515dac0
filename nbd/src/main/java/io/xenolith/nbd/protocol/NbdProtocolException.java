package io.xenolith.nbd.protocol;

import java.io.IOException;

/// The peer sent something that the protocol does not allow. The connection cannot be used any longer, because where the
/// next message begins is not known.
public class NbdProtocolException extends IOException {

    /// @param finding what was expected and what came, without any export's name
    public NbdProtocolException(String finding) {
        super(finding);
    }
}
