package io.xenolith.nbd.protocol;

/// What either side accepts at most, in bytes unless said otherwise. The protocol states few of these; the rest are what
/// the common implementations settled on after being attacked without them.
public final class Limits {
    /// Strings of the protocol: export names, queries, descriptions, error texts.
    public static final int STRING = 4096;
    /// Data of an option that is understood.
    public static final int OPTION = 64 << 10;
    /// Data of an option that is not; so much is skipped before the connection is given up.
    public static final int UNKNOWN_OPTION = 1 << 20;
    /// Data of a reply to an option.
    public static final int OPTION_REPLY = 64 << 10;
    /// Queries or information requests in one option; a count.
    public static final int QUERIES = 1024;
    /// Payload of a read or write that every peer takes.
    public static final int PAYLOAD = 32 << 20;
    /// Extents in one block status reply; a count.
    public static final int EXTENTS = 1 << 20;
    /// Largest minimum block size.
    public static final int MINIMUM_BLOCK = 64 << 10;
    /// How long the negotiation may take where nothing slow is behind it, in milliseconds.
    public static final int HANDSHAKE_MILLIS = 10_000;

    private Limits() {}
}
