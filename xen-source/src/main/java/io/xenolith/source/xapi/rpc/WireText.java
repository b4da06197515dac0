package io.xenolith.source.xapi.rpc;

/// Goes on the wire as a string.
public interface WireText {
    String onTheWire();
}
