package io.xenolith.source.xapi.rpc;

import java.nio.charset.StandardCharsets;

/// Makes XML of what a host sends instead when a map has a key such as `R&D` or `a<b`: it writes member names as they
/// are. Such a name ends at the first `</name>` that a value follows, and everything in it is literal.
///
/// Values need no repair, since hosts escape them. Characters that XML cannot hold, in names or in values, become
/// U+FFFD, and so do bytes that are no UTF-8.
final class NameRepair {
    private static final String START = "<name>";
    private static final String END = "</name>";

    private NameRepair() {
    }

    static String repaired(byte[] document) {
        var text = new String(document, StandardCharsets.UTF_8);
        var repaired = new StringBuilder(text.length() + 64);
        int at = 0;
        for (int start = text.indexOf(START); start >= 0; start = text.indexOf(START, at)) {
            int from = start + START.length();
            int end = endOfName(text, from);
            if (end < 0) {
                break;
            }
            appendAllowed(repaired, text, at, from);
            appendAllowed(repaired, escaped(text.substring(from, end)));
            at = end;
        }
        appendAllowed(repaired, text, at, text.length());
        return repaired.toString();
    }

    private static int endOfName(String text, int from) {
        for (int end = text.indexOf(END, from); end >= 0; end = text.indexOf(END, end + 1)) {
            int next = end + END.length();
            while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
                next++;
            }
            if (text.startsWith("<value", next)) {
                return end;
            }
        }
        return -1;
    }

    private static String escaped(String name) {
        return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void appendAllowed(StringBuilder to, String text) {
        appendAllowed(to, text, 0, text.length());
    }

    private static void appendAllowed(StringBuilder to, String text, int from, int end) {
        for (int at = from; at < end; ) {
            int character = text.codePointAt(at);
            to.appendCodePoint(XmlCharacters.allowed(character) ? character : 0xFFFD);
            at += Character.charCount(character);
        }
    }
}
