package io.xenolith.source.xmlvalue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Reads one document into values. For use by one thread, once.
final class XmlValueReader {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final Set<String> ENVELOPES = Set.of("methodCall", "methodResponse", "params", "param");
    private static final int QUOTED_CHARACTERS = 60;
    private static final String DENIED_DTD = "JAXP00010008"; // how the parser's message begins

    private final XMLStreamReader in;
    private final XmlLimits limits;
    private final Map<String, String> names = new HashMap<>(); // one string for each name, of which many are alike
    private int values;

    private XmlValueReader(XMLStreamReader in, XmlLimits limits) {
        this.in = in;
        this.limits = limits;
    }

    static XmlValue read(byte[] xml, XmlLimits limits) throws XmlValueException {
        if (xml.length > limits.bytes()) {
            throw new XmlValueException("%d bytes; more than %d are not read".formatted(xml.length, limits.bytes()));
        }
        try {
            return read(new ByteArrayInputStream(xml, mark(xml), xml.length), limits);
        } catch (IllFormedXmlException e) {
            return readLeniently(xml, limits, e);
        }
    }

    private static XmlValue readLeniently(byte[] xml, XmlLimits limits, IllFormedXmlException strict)
            throws XmlValueException {
        try {
            return read(new UnescapedNames(xml, mark(xml)), limits);
        } catch (IllFormedXmlException _) {
            throw strict;
        }
    }

    /// How many bytes a mark of the encoding takes, which some editors put first.
    private static int mark(byte[] xml) {
        int length = BYTE_ORDER_MARK.length;
        return xml.length >= length && Arrays.equals(xml, 0, length, BYTE_ORDER_MARK, 0, length) ? length : 0;
    }

    private static XmlValue read(InputStream xml, XmlLimits limits) throws XmlValueException {
        try {
            // decoded here, since a stray byte would otherwise end the parser with exceptions of every kind
            var in = factory().createXMLStreamReader(new InputStreamReader(xml, StandardCharsets.UTF_8));
            return new XmlValueReader(in, limits).document();
        } catch (XMLStreamException e) {
            throw new IllFormedXmlException("no XML: " + sentence(e), e);
        }
    }

    /// A factory of one's own, for it is not said to be safe for several threads.
    private static XMLInputFactory factory() {
        var factory = XMLInputFactory.newDefaultFactory();
        // stops at its first letters; what is to be passed over can still end the parser with an unchecked exception
        factory.setProperty("jdk.xml.dtd.support", "deny");
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setXMLResolver((_, _, _, _) -> {
            throw new XMLStreamException("external entities are not read");
        });
        return factory;
    }

    private static String sentence(XMLStreamException e) {
        var message = String.valueOf(e.getMessage());
        var finding = message.substring(message.lastIndexOf("Message: ") + 1).replaceFirst("^essage: ", "");
        if (finding.startsWith(DENIED_DTD)) {
            finding = "a document type declaration, which is not read";
        }
        var place = e.getLocation();
        return place == null ? finding
                : "line %d, column %d: %s".formatted(place.getLineNumber(), place.getColumnNumber(), finding);
    }

    private XmlValue document() throws XMLStreamException, XmlValueException {
        while (nextTag() && isEnvelope()) {
            // the value lies inside, or behind the method's name
        }
        if (!in.getLocalName().equals("value")) {
            throw new UnexpectedRootException(quoted(in.getLocalName()));
        }
        var value = value(1);
        while (in.hasNext()) { // the rest must be well-formed, too, and hold nothing more
            if (in.next() == XMLStreamConstants.START_ELEMENT) {
                throw refused("<%s> behind the value".formatted(quoted(in.getLocalName())));
            }
        }
        return value;
    }

    private boolean isEnvelope() throws XMLStreamException, XmlValueException {
        if (in.getLocalName().equals("methodName")) {
            leaf();
            return true;
        }
        return ENVELOPES.contains(in.getLocalName());
    }

    /// From a `<value>` to its end.
    private XmlValue value(int depth) throws XMLStreamException, XmlValueException {
        if (depth > limits.depth()) {
            throw refused("values nest deeper than %d".formatted(limits.depth()));
        }
        if (++values > limits.values()) {
            throw refused("more than %d values are not read".formatted(limits.values()));
        }
        var text = text();
        if (in.isEndElement()) {
            return new XmlValue.Text(text);
        }
        requireBlank(text);
        var value = typed(in.getLocalName(), depth);
        requireEnd("value");
        return value;
    }

    private XmlValue typed(String type, int depth) throws XMLStreamException, XmlValueException {
        return switch (type) {
            case "string" -> new XmlValue.Text(leaf());
            case "boolean" -> bool(leaf());
            case "int", "i4", "i8" -> number(leaf());
            case "double" -> real(leaf());
            case "dateTime.iso8601" -> new XmlValue.Date(leaf());
            case "base64" -> new XmlValue.Base64(leaf());
            case "nil" -> nil(leaf());
            case "array" -> array(depth);
            case "struct" -> struct(depth);
            default -> throw refused("<%s> is no type of value".formatted(quoted(type)));
        };
    }

    private XmlValue bool(String text) throws XmlValueException {
        return switch (text.strip()) {
            case "0", "false" -> new XmlValue.Bool(false);
            case "1", "true" -> new XmlValue.Bool(true);
            default -> throw refused("'%s' is no boolean".formatted(quoted(text)));
        };
    }

    private XmlValue number(String text) throws XmlValueException {
        var number = Decimal.parse(text);
        if (number.isEmpty()) {
            throw refused("'%s' is no whole number of 64 bits".formatted(quoted(text)));
        }
        return new XmlValue.Int(number.getAsLong());
    }

    private XmlValue real(String text) throws XmlValueException {
        try {
            return new XmlValue.Real(Double.parseDouble(text));
        } catch (NumberFormatException _) {
            throw refused("'%s' is no number".formatted(quoted(text)));
        }
    }

    private XmlValue nil(String text) throws XmlValueException {
        requireBlank(text);
        return new XmlValue.Nil();
    }

    private XmlValue array(int depth) throws XMLStreamException, XmlValueException {
        requireStart("data");
        var items = new ArrayList<XmlValue>();
        while (nextTag()) {
            requireName("value");
            items.add(value(depth + 1));
        }
        requireEnd("array");
        return new XmlValue.Array(items);
    }

    private XmlValue struct(int depth) throws XMLStreamException, XmlValueException {
        var members = new LinkedHashMap<String, XmlValue>();
        while (nextTag()) {
            requireName("member");
            requireStart("name");
            var name = names.computeIfAbsent(leaf(), same -> same);
            requireStart("value");
            members.put(name, value(depth + 1));
            requireEnd("member");
        }
        return new XmlValue.Struct(members);
    }

    /// The text of an element that holds nothing else, up to its end.
    private String leaf() throws XMLStreamException, XmlValueException {
        var text = text();
        if (!in.isEndElement()) {
            throw refused("<%s> amid text".formatted(quoted(in.getLocalName())));
        }
        return text;
    }

    /// The text up to the next tag.
    private String text() throws XMLStreamException, XmlValueException {
        var text = new StringBuilder();
        while (true) {
            switch (in.next()) {
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                        text.append(in.getTextCharacters(), in.getTextStart(), in.getTextLength());
                case XMLStreamConstants.START_ELEMENT, XMLStreamConstants.END_ELEMENT -> {
                    return text.toString();
                }
                case XMLStreamConstants.COMMENT, XMLStreamConstants.PROCESSING_INSTRUCTION -> { }
                case XMLStreamConstants.ENTITY_REFERENCE -> throw refused("an entity that is not one of XML itself");
                default -> throw refused("it ends before its value does");
            }
        }
    }

    /// Passes on to the next tag. Whether it begins an element.
    private boolean nextTag() throws XMLStreamException, XmlValueException {
        requireBlank(text());
        return in.isStartElement();
    }

    private void requireStart(String name) throws XMLStreamException, XmlValueException {
        if (!nextTag()) {
            throw refused("</%s>, where <%s> should stand".formatted(in.getLocalName(), name));
        }
        requireName(name);
    }

    private void requireName(String name) throws XmlValueException {
        if (!in.getLocalName().equals(name)) {
            throw refused("<%s>, where <%s> should stand".formatted(quoted(in.getLocalName()), name));
        }
    }

    private void requireEnd(String name) throws XMLStreamException, XmlValueException {
        if (nextTag()) {
            throw refused("<%s>, where </%s> should stand".formatted(quoted(in.getLocalName()), name));
        }
    }

    private void requireBlank(String text) throws XmlValueException {
        if (!text.isBlank()) {
            throw refused("text '%s' between elements".formatted(quoted(text)));
        }
    }

    private static String quoted(String text) {
        var stripped = text.strip();
        return stripped.length() <= QUOTED_CHARACTERS ? stripped : stripped.substring(0, QUOTED_CHARACTERS) + "…";
    }

    private XmlValueException refused(String finding) {
        var place = in.getLocation();
        return new XmlValueException("line %d, column %d: %s"
                .formatted(place.getLineNumber(), place.getColumnNumber(), finding));
    }
}
