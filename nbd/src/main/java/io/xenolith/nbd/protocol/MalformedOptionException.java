package io.xenolith.nbd.protocol;

/// An option's data make no sense, but their length was known: a server answers [#reply()] and the negotiation goes on.
public final class MalformedOptionException extends NbdProtocolException {
    private final OptionError error;

    MalformedOptionException(OptionError error, String finding) {
        super(finding);
        this.error = error;
    }

    /// The answer the client deserves.
    public OptionReply.Refusal reply() {
        return new OptionReply.Refusal(error, getMessage());
    }
}
