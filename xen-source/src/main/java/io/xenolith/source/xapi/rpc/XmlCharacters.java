package io.xenolith.source.xapi.rpc;

/// Which characters XML 1.0 can hold at all, escaped or not (section 2.2 of its specification).
final class XmlCharacters {

    private XmlCharacters() {
    }

    static boolean allowed(int character) {
        return character >= ' ' && character <= 0xD7FF
                || character == '\t' || character == '\n' || character == '\r'
                || character >= 0xE000 && character <= 0xFFFD
                || character >= 0x10000 && character <= 0x10FFFF;
    }
}
