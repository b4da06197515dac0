package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Magic numbers and strings as they stand on the wire.
final class Wire {
    static final long NBDMAGIC = 0x4e42444d41474943L;
    static final long IHAVEOPT = 0x49484156454f5054L;
    static final long OLDSTYLE = 0x0000420281861253L;
    static final long OPTION_REPLY = 0x0003e889045565a9L;
    static final int REQUEST = 0x25609513;
    static final int SIMPLE_REPLY = 0x67446698;
    static final int STRUCTURED_REPLY = 0x668e33ef;
    static final int EXTENDED_REQUEST = 0x21e41c71;
    static final int EXTENDED_REPLY = 0x6e8a278c;

    private Wire() {}

    /// Reads a string of `length` bytes.
    ///
    /// @throws NbdProtocolException if it is too long for a string, longer than what is left of `in`, or not UTF-8
    static String readString(ByteBuf in, long length, String what) throws NbdProtocolException {
        if (length > Limits.STRING || length > in.readableBytes()) {
            throw new NbdProtocolException("%s of %d bytes; %d are left and %d allowed"
                    .formatted(what, length, in.readableBytes(), Limits.STRING));
        }
        var bytes = new byte[(int) length];
        in.readBytes(bytes);
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (text.indexOf('\0') >= 0) {
                throw new NbdProtocolException(what + " contains NUL");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new NbdProtocolException(what + " is not UTF-8");
        }
    }

    /// Reads a string whose length, 32 bits, stands before it.
    static String readPrefixedString(ByteBuf in, String what) throws NbdProtocolException {
        requireLeft(in, 4, what);
        return readString(in, in.readUnsignedInt(), what);
    }

    static void writePrefixedString(ByteBuf out, String text) {
        int at = out.writerIndex();
        out.writeInt(0);
        writeString(out, text);
        out.setInt(at, out.writerIndex() - at - 4);
    }

    static void writeString(ByteBuf out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// `text` cut to what still is a string of the protocol in any peer's eyes.
    static String shortened(String text, int maxBytes) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= maxBytes) {
            return text;
        }
        int end = maxBytes;
        while ((bytes[end] & 0xc0) == 0x80) { // not between the bytes of one character
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    static void requireLeft(ByteBuf in, int bytes, String what) throws NbdProtocolException {
        if (in.readableBytes() < bytes) {
            throw new NbdProtocolException("%s needs %d bytes, %d are left".formatted(what, bytes, in.readableBytes()));
        }
    }

    static void requireEnd(ByteBuf in, String what) throws NbdProtocolException {
        if (in.isReadable()) {
            throw new NbdProtocolException("%d bytes too many behind %s".formatted(in.readableBytes(), what));
        }
    }

    static void requireMagic(long found, long expected, String what) throws NbdProtocolException {
        if (found != expected) {
            throw new NbdProtocolException("%s begins with %x instead of %x".formatted(what, found, expected));
        }
    }
}
