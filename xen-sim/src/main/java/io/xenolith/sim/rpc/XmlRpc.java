package io.xenolith.sim.rpc;

import io.xenolith.sim.model.Dates;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// XML-RPC in the dialect of XenServer's hosts.
///
/// - A string, a reference and an **int** go out as a bare `<value>`; only an [Integer] becomes `<i4>` (event counts).
/// - Values are escaped, **member names are not**: a key with `&` or `<` makes a document that is not well-formed.
/// - Control characters below 0x20 are dropped, but for tab and line ends.
/// - Coming in, a bare value is a string, and a boolean is false unless it is exactly `1`.
public final class XmlRpc {
    private static final int MAX_DEPTH = 64;
    private static final XMLInputFactory READERS = readers();

    private XmlRpc() {}

    private static XMLInputFactory readers() {
        var factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory;
    }

    public static RpcRequest decodeCall(byte[] body) throws MalformedRequestException {
        requireUtf8(body);
        try {
            var reader = READERS.createXMLStreamReader(new ByteArrayInputStream(body), "UTF-8");
            return new Decoder(reader).call();
        } catch (XMLStreamException e) {
            throw new MalformedRequestException("the body is no XML-RPC call: " + e.getMessage(), e);
        }
    }

    /// Decodes one `<value>` document, such as an `ova.xml`.
    public static Object decodeValue(byte[] body) throws MalformedRequestException {
        try {
            var reader = READERS.createXMLStreamReader(new ByteArrayInputStream(body), "UTF-8");
            return new Decoder(reader).document();
        } catch (XMLStreamException e) {
            throw new MalformedRequestException("the document is no XML-RPC value: " + e.getMessage(), e);
        }
    }

    private static void requireUtf8(byte[] body) throws MalformedRequestException {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
        } catch (CharacterCodingException e) {
            throw new MalformedRequestException("the body is not UTF-8", e);
        }
    }

    public static byte[] success(Object value) {
        return response(Map.of("Status", "Success", "Value", value));
    }

    public static byte[] failure(XapiFailure failure) {
        return response(Map.of("Status", "Failure", "ErrorDescription", failure.description()));
    }

    private static byte[] response(Map<String, ?> struct) {
        var out = new StringBuilder("<?xml version=\"1.0\"?><methodResponse><params><param>");
        encode(struct, out);
        return out.append("</param></params></methodResponse>").toString().getBytes(StandardCharsets.UTF_8);
    }

    /// One `<value>` with nothing around it, as in a task's result or an `ova.xml`.
    public static String encode(Object value) {
        var out = new StringBuilder();
        encode(value, out);
        return out.toString();
    }

    private static void encode(Object value, StringBuilder out) {
        out.append("<value>");
        switch (value) {
            case String text -> escape(text, out);
            case Long number -> out.append(number);
            case Integer number -> out.append("<i4>").append(number).append("</i4>");
            case Double number -> out.append("<double>").append(decimal(number)).append("</double>");
            case Boolean flag -> out.append("<boolean>").append(flag ? '1' : '0').append("</boolean>");
            case Instant time -> out.append("<dateTime.iso8601>").append(Dates.format(time)).append("</dateTime.iso8601>");
            case List<?> list -> encodeArray(list, out);
            case Map<?, ?> map -> encodeStruct(map, out);
            default -> throw new IllegalArgumentException("no wire form for " + value.getClass());
        }
        out.append("</value>");
    }

    private static void encodeArray(List<?> list, StringBuilder out) {
        out.append("<array><data>");
        list.forEach(element -> encode(element, out));
        out.append("</data></array>");
    }

    private static void encodeStruct(Map<?, ?> map, StringBuilder out) {
        out.append("<struct>");
        map.forEach((name, value) -> {
            out.append("<member><name>").append(name).append("</name>"); // as hosts do: not escaped
            encode(value, out);
            out.append("</member>");
        });
        out.append("</struct>");
    }

    private static String decimal(double number) {
        return new BigDecimal(number).round(new MathContext(16)).stripTrailingZeros().toPlainString();
    }

    private static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\t', '\n', '\r' -> out.append(c);
                default -> {
                    if (c >= 0x20) {
                        out.append(c);
                    }
                }
            }
        }
    }

    /// Walks through one document, front to back.
    private static final class Decoder {
        private final XMLStreamReader reader;

        Decoder(XMLStreamReader reader) {
            this.reader = reader;
        }

        RpcRequest call() throws XMLStreamException, MalformedRequestException {
            reader.nextTag();
            require("methodCall");
            reader.nextTag();
            require("methodName");
            var method = reader.getElementText().strip();
            var arguments = new ArrayList<>();
            if (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
                require("params");
                while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
                    require("param");
                    reader.nextTag();
                    arguments.add(value(0));
                    reader.nextTag();
                }
            }
            return new RpcRequest(method, arguments);
        }

        Object document() throws XMLStreamException, MalformedRequestException {
            reader.nextTag();
            return value(0);
        }

        /// Stands on `<value>` before and on `</value>` after.
        private Object value(int depth) throws XMLStreamException, MalformedRequestException {
            require("value");
            if (depth > MAX_DEPTH) {
                throw new MalformedRequestException("values nested deeper than " + MAX_DEPTH);
            }
            var text = new StringBuilder();
            int event = reader.next();
            while (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.COMMENT) {
                text.append(event == XMLStreamConstants.CHARACTERS ? reader.getText() : "");
                event = reader.next();
            }
            if (event == XMLStreamConstants.END_ELEMENT) {
                return text.toString();
            }
            var value = typed(reader.getLocalName(), depth);
            reader.nextTag();
            return value;
        }

        private Object typed(String type, int depth) throws XMLStreamException, MalformedRequestException {
            try {
                return switch (type) {
                    case "string" -> reader.getElementText();
                    case "int", "i4", "i8" -> Long.valueOf(reader.getElementText().strip());
                    case "double" -> Double.valueOf(reader.getElementText().strip());
                    case "boolean" -> reader.getElementText().strip().equals("1");
                    case "dateTime.iso8601" -> Dates.parse(type, reader.getElementText().strip());
                    case "nil" -> nil();
                    case "array" -> array(depth);
                    case "struct" -> struct(depth);
                    default -> throw new MalformedRequestException("unknown type " + type);
                };
            } catch (NumberFormatException | XapiFailure e) {
                throw new MalformedRequestException("no value of type " + type, e);
            }
        }

        private String nil() throws XMLStreamException {
            reader.nextTag();
            return "";
        }

        private List<Object> array(int depth) throws XMLStreamException, MalformedRequestException {
            var elements = new ArrayList<>();
            reader.nextTag();
            require("data");
            while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
                elements.add(value(depth + 1));
            }
            reader.nextTag();
            return elements;
        }

        private Map<String, Object> struct(int depth) throws XMLStreamException, MalformedRequestException {
            var members = new LinkedHashMap<String, Object>();
            while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
                require("member");
                reader.nextTag();
                require("name");
                var name = reader.getElementText();
                reader.nextTag();
                members.put(name, value(depth + 1));
                reader.nextTag();
            }
            return members;
        }

        private void require(String name) throws MalformedRequestException {
            if (!reader.isStartElement() || !reader.getLocalName().equals(name)) {
                throw new MalformedRequestException("expected <%s> at character %d"
                        .formatted(name, reader.getLocation().getCharacterOffset()));
            }
        }
    }
}
