package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// A client's answer to the [Greeting]: 32 bits, of which it may set only what the server offered.
public record ClientFlags(int bits) {
    public static final int BYTES = 4;

    /// The flags for a client that takes up all of an offer.
    public static ClientFlags answering(Greeting greeting) {
        return new ClientFlags(greeting.flags() & (Greeting.FIXED_NEWSTYLE | Greeting.NO_ZEROES));
    }

    public boolean fixed() {
        return (bits & Greeting.FIXED_NEWSTYLE) != 0;
    }

    public boolean noZeroes() {
        return (bits & Greeting.NO_ZEROES) != 0;
    }

    public void encode(ByteBuf out) {
        out.writeInt(bits);
    }

    /// Reads [#BYTES] bytes.
    ///
    /// @throws NbdProtocolException if the client sets what was not offered
    public static ClientFlags decode(ByteBuf in, Greeting offer) throws NbdProtocolException {
        int bits = in.readInt();
        if ((bits & ~offer.flags()) != 0) {
            throw new NbdProtocolException("client flags %x, offered were %x".formatted(bits, offer.flags()));
        }
        return new ClientFlags(bits);
    }
}
