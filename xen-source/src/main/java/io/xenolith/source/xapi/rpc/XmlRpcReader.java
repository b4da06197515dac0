package io.xenolith.source.xapi.rpc;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Reads values of XML-RPC and believes nothing:
///
/// | in the answer                                | becomes                                              |
/// |----------------------------------------------|------------------------------------------------------|
/// | bare `<value>`, `string`, `base64`           | `String`; base64 stays as it is                      |
/// | `int`, `i4`, `i8`                            | `Long`                                               |
/// | `boolean`                                    | `Boolean`                                            |
/// | `double`                                     | `Double`                                             |
/// | `dateTime.iso8601`                           | `Instant`, see [WireTime]                            |
/// | `array`                                      | `List`, unmodifiable                                 |
/// | `struct`                                     | `Map` from `String`, unmodifiable, in the order sent |
/// | `nil`                                        | the empty string, as for every call without a result |
/// | any other element, any with a namespace      | [MalformedAnswerException]                           |
/// | document type, entity, depth over 64         | [MalformedAnswerException]                           |
///
/// A document that cannot be read is read a second time with its member names escaped, see [NameRepair].
final class XmlRpcReader {
    private static final int MAX_DEPTH = 64; // a record nests four deep
    private static final int ELEMENTS_PER_DEPTH = 3; // struct, member, value
    private static final XMLInputFactory FACTORY = factory();

    private final XMLStreamReader xml;
    private final String where;

    private XmlRpcReader(XMLStreamReader xml, String where) {
        this.xml = xml;
        this.where = where;
    }

    /// What a `methodResponse` says.
    ///
    /// @param fault true if the value is that of a `fault`
    record Response(boolean fault, Object value) {
    }

    /// Reads a whole answer.
    ///
    /// @param where what was asked for, for messages
    static Response response(byte[] document, String where) throws MalformedAnswerException {
        try {
            return open(new ByteArrayInputStream(document), where).readResponse();
        } catch (XMLStreamException | MalformedAnswerException strict) {
            try {
                return open(new StringReader(NameRepair.repaired(document)), where).readResponse();
            } catch (XMLStreamException | MalformedAnswerException e) {
                throw strict instanceof MalformedAnswerException malformed ? malformed
                        : notWellFormed(where, (XMLStreamException) strict);
            }
        }
    }

    /// Reads a single `<value>`, the form in which a task has its result.
    static Object value(String document, String where) throws MalformedAnswerException {
        try {
            var reader = open(new StringReader(document), where);
            reader.nextTag();
            reader.require("value");
            var value = reader.readValue(0);
            reader.requireEnd();
            return value;
        } catch (XMLStreamException e) {
            throw notWellFormed(where, e);
        }
    }

    private static XMLInputFactory factory() {
        var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        // The JDK counts every escaped character as an entity, and would refuse a long list of VMs. Without document
        // types there are no other entities, so sizes need no limit beside that of the document.
        factory.setProperty("jdk.xml.maxGeneralEntitySizeLimit", "0");
        factory.setProperty("jdk.xml.totalEntitySizeLimit", "0");
        factory.setProperty("jdk.xml.maxElementDepth", Integer.toString(ELEMENTS_PER_DEPTH * (MAX_DEPTH + 2)));
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("an external entity");
        });
        return factory;
    }

    // The factory promises nothing about threads.
    private static XmlRpcReader open(InputStream in, String where) throws XMLStreamException {
        synchronized (FACTORY) {
            return new XmlRpcReader(FACTORY.createXMLStreamReader(in, "UTF-8"), where);
        }
    }

    private static XmlRpcReader open(Reader in, String where) throws XMLStreamException {
        synchronized (FACTORY) {
            return new XmlRpcReader(FACTORY.createXMLStreamReader(in), where);
        }
    }

    private Response readResponse() throws XMLStreamException, MalformedAnswerException {
        nextTag();
        require("methodResponse");
        nextTag();
        boolean fault = name().equals("fault");
        if (!fault) {
            require("params");
            nextTag();
            require("param");
        }
        nextTag();
        require("value");
        var value = readValue(0);
        for (int open = fault ? 2 : 3; open > 0; open--) {
            nextTag();
            if (!xml.isEndElement()) {
                throw refused("more than one value");
            }
        }
        requireEnd();
        return new Response(fault, value);
    }

    /// Stands on the start of a `<value>`, and on its end afterwards.
    private Object readValue(int depth) throws XMLStreamException, MalformedAnswerException {
        if (depth > MAX_DEPTH) {
            throw refused("values nested more than %d deep".formatted(MAX_DEPTH));
        }
        var text = new StringBuilder();
        if (readText(text) == XMLStreamConstants.END_ELEMENT) {
            return text.toString();
        }
        if (!text.toString().isBlank()) {
            throw refused("text beside <%s>".formatted(name()));
        }
        var value = readTyped(name(), depth);
        nextTag();
        if (!xml.isEndElement()) {
            throw refused("two types for one value");
        }
        return value;
    }

    private Object readTyped(String type, int depth) throws XMLStreamException, MalformedAnswerException {
        return switch (type) {
            case "string", "base64" -> readElementText();
            case "int", "i4", "i8" -> number(readElementText());
            case "boolean" -> flag(readElementText());
            case "double" -> real(readElementText());
            case "dateTime.iso8601" -> time(readElementText());
            case "array" -> readArray(depth);
            case "struct" -> readStruct(depth);
            case "nil" -> readElementText();
            default -> throw refused("a value of the unknown type <%s>".formatted(type));
        };
    }

    private List<Object> readArray(int depth) throws XMLStreamException, MalformedAnswerException {
        nextTag();
        require("data");
        var items = new ArrayList<>();
        for (nextTag(); xml.isStartElement(); nextTag()) {
            require("value");
            items.add(readValue(depth + 1));
        }
        nextTag(); // </array>
        return Collections.unmodifiableList(items);
    }

    private Map<String, Object> readStruct(int depth) throws XMLStreamException, MalformedAnswerException {
        var members = new LinkedHashMap<String, Object>();
        for (nextTag(); xml.isStartElement(); nextTag()) {
            require("member");
            nextTag();
            require("name");
            var name = readElementText();
            nextTag();
            require("value");
            members.put(name, readValue(depth + 1));
            nextTag(); // </member>
        }
        return Collections.unmodifiableMap(members);
    }

    private String readElementText() throws XMLStreamException, MalformedAnswerException {
        var text = new StringBuilder();
        if (readText(text) != XMLStreamConstants.END_ELEMENT) {
            throw refused("an element <%s> inside a text".formatted(name()));
        }
        return text.toString();
    }

    /// Appends text up to the next tag and returns that tag's event.
    private int readText(StringBuilder text) throws XMLStreamException, MalformedAnswerException {
        while (true) {
            int event = xml.next();
            switch (event) {
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                        text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
                case XMLStreamConstants.COMMENT, XMLStreamConstants.PROCESSING_INSTRUCTION -> { }
                case XMLStreamConstants.START_ELEMENT, XMLStreamConstants.END_ELEMENT -> {
                    return event;
                }
                default -> throw refused("a document type or an entity");
            }
        }
    }

    private void nextTag() throws XMLStreamException, MalformedAnswerException {
        var between = new StringBuilder();
        readText(between);
        if (!between.toString().isBlank()) {
            throw refused("text between elements");
        }
    }

    private String name() {
        var namespace = xml.getNamespaceURI();
        return namespace == null || namespace.isEmpty() ? xml.getLocalName() : xml.getName().toString();
    }

    private void require(String name) throws MalformedAnswerException {
        if (!xml.isStartElement() || !name().equals(name)) {
            throw refused("expected <%s>, found <%s>".formatted(name, name()));
        }
    }

    private void requireEnd() throws XMLStreamException, MalformedAnswerException {
        while (xml.hasNext()) {
            if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                throw refused("a second document");
            }
        }
    }

    private Long number(String text) throws MalformedAnswerException {
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException e) {
            throw refused("expected a whole number");
        }
    }

    private Boolean flag(String text) throws MalformedAnswerException {
        return switch (text.strip()) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw refused("expected 0 or 1");
        };
    }

    private Double real(String text) throws MalformedAnswerException {
        try {
            return Double.valueOf(switch (text.strip()) {
                case "nan", "-nan" -> "NaN";
                case "inf" -> "Infinity";
                case "-inf" -> "-Infinity";
                default -> text.strip();
            });
        } catch (NumberFormatException e) {
            throw refused("expected a number");
        }
    }

    private Instant time(String text) throws MalformedAnswerException {
        return WireTime.parse(text).orElseThrow(() -> refused("expected a time such as 20240131T23:59:58Z"));
    }

    private MalformedAnswerException refused(String finding) {
        int character = xml.getLocation().getCharacterOffset();
        return new MalformedAnswerException("%s, character %d".formatted(where, character), finding);
    }

    // The parser's own message quotes the document, which may hold what is nobody's business.
    private static MalformedAnswerException notWellFormed(String where, XMLStreamException e) {
        var place = e.getLocation() == null ? "place unknown" : "character " + e.getLocation().getCharacterOffset();
        return new MalformedAnswerException(where, "not well-formed XML, " + place, e);
    }
}
