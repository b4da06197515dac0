package io.xenolith.source.xmlvalue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One XML-RPC value. Immutable.
public sealed interface XmlValue {

    /// Anything written without a type, or as a string.
    record Text(String text) implements XmlValue {
    }

    record Bool(boolean value) implements XmlValue {
    }

    record Int(long value) implements XmlValue {
    }

    record Real(double value) implements XmlValue {
    }

    /// A moment as it was written, `19700101T00:00:00Z` by hosts.
    record Date(String text) implements XmlValue {
    }

    /// Bytes as they were written, white space included.
    record Base64(String text) implements XmlValue {
    }

    record Nil() implements XmlValue {
    }

    record Array(List<XmlValue> items) implements XmlValue {
        public Array {
            items = List.copyOf(items);
        }
    }

    /// Members by name, in the order in which they were written; of two with the same name the last one counts.
    record Struct(Map<String, XmlValue> members) implements XmlValue {
        public Struct {
            members = members.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        public Optional<XmlValue> member(String name) {
            return Optional.ofNullable(members.get(name));
        }
    }

    /// Reads a document that is one value, with or without an XML declaration and white space between its elements.
    /// It is taken for UTF-8 whatever it says of itself; bytes that are not become replacement characters.
    ///
    /// @throws UnexpectedRootException if it is some other XML
    /// @throws XmlValueException if it is no such document, or exceeds `limits`
    static XmlValue parse(byte[] xml, XmlLimits limits) throws XmlValueException {
        return XmlValueReader.read(xml, limits);
    }

    /// The document that is this value, written as hosts do: without declaration and white space, and text and whole
    /// numbers without a type. Names of members, however, are escaped, so that every reader takes them. Control
    /// characters other than tab, LF and CR are left out.
    default byte[] encode() {
        return XmlValueWriter.write(this);
    }

    /// The text of a value that is written as one, whatever its type.
    default Optional<String> asText() {
        return switch (this) {
            case Text(var text) -> Optional.of(text);
            case Date(var text) -> Optional.of(text);
            case Base64(var text) -> Optional.of(text);
            case Bool(boolean value) -> Optional.of(value ? "1" : "0");
            case Int(long value) -> Optional.of(Long.toString(value));
            case Real(double value) -> Optional.of(Double.toString(value));
            case Nil _, Array _, Struct _ -> Optional.empty();
        };
    }

    /// The whole number that a value is, or that its text is.
    default OptionalLong asNumber() {
        return switch (this) {
            case Int(long value) -> OptionalLong.of(value);
            case Text(var text) -> Decimal.parse(text);
            default -> OptionalLong.empty();
        };
    }

    /// Whether a value says yes: hosts write booleans, other tools the texts `1` and `true`.
    default boolean isTrue() {
        return switch (this) {
            case Bool(boolean value) -> value;
            case Int(long value) -> value == 1;
            case Text(var text) -> text.equals("1") || text.equalsIgnoreCase("true");
            default -> false;
        };
    }
}
