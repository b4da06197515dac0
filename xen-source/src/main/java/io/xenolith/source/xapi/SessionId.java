package io.xenolith.source.xapi;

import io.xenolith.source.xapi.rpc.WireText;

/// A session's reference, as secret as the password. Written nowhere but on the wire.
record SessionId(String secret) implements WireText {

    @Override
    public String onTheWire() {
        return secret;
    }

    @Override
    public String toString() {
        return "(session)";
    }
}
