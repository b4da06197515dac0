package io.xenolith.source.xmlvalue;

import java.nio.charset.StandardCharsets;

/// Writes values as the toolstack of hosts does.
final class XmlValueWriter {
    private static final double EXACT_IN_DOUBLES = 1L << 53;

    private final StringBuilder out = new StringBuilder();

    private XmlValueWriter() {
    }

    static byte[] write(XmlValue value) {
        var writer = new XmlValueWriter();
        writer.value(value);
        return writer.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void value(XmlValue value) {
        out.append("<value>");
        switch (value) {
            case XmlValue.Text(var text) -> escaped(text);
            case XmlValue.Int(long number) -> out.append(number);
            case XmlValue.Bool(boolean bool) -> element("boolean", bool ? "1" : "0");
            case XmlValue.Real(double number) -> element("double", decimal(number));
            case XmlValue.Date(var text) -> element("dateTime.iso8601", text);
            case XmlValue.Base64(var text) -> element("base64", text);
            case XmlValue.Nil _ -> out.append("<nil/>");
            case XmlValue.Array array -> array(array);
            case XmlValue.Struct struct -> struct(struct);
        }
        out.append("</value>");
    }

    private void array(XmlValue.Array array) {
        out.append("<array><data>");
        array.items().forEach(this::value);
        out.append("</data></array>");
    }

    private void struct(XmlValue.Struct struct) {
        out.append("<struct>");
        struct.members().forEach((name, value) -> {
            out.append("<member>");
            element("name", name);
            value(value);
            out.append("</member>");
        });
        out.append("</struct>");
    }

    private void element(String name, String text) {
        out.append('<').append(name).append('>');
        escaped(text);
        out.append("</").append(name).append('>');
    }

    private void escaped(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\t', '\n', '\r' -> out.append(c);
                default -> {
                    if (c >= ' ' && c < '\uFFFE') { // XML cannot hold the others in any way
                        out.append(c);
                    }
                }
            }
        }
    }

    private static String decimal(double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) <= EXACT_IN_DOUBLES;
        return whole ? Long.toString((long) number) : Double.toString(number);
    }
}
