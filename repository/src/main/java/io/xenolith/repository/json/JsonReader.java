package io.xenolith.repository.json;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Walks through one JSON document of ours, front to back, and believes nothing of it. What is not as it should be is a
/// [CorruptObjectException], or a [JacksonException] where it is no JSON at all. For use by one thread.
///
/// Streaming, because mapping onto records costs every start of the program 0.15 s for loading the mapper.
public final class JsonReader implements AutoCloseable {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final String object;
    private final JsonParser parser;

    /// Something that is read at the current place.
    public interface Part<T> {
        T read() throws CorruptObjectException;
    }

    /// @param object the document's name, for messages
    public JsonReader(String object, byte[] json) {
        this.object = object;
        this.parser = JSON.createParser(ObjectReadContext.empty(), json);
    }

    /// Enters the document, whose first key is its version.
    ///
    /// @throws NewerFormatException if that is above `known`
    public void begin(int known) throws CorruptObjectException, NewerFormatException {
        if (parser.nextToken() != JsonToken.START_OBJECT || !nextKey() || !key().equals("version")) {
            throw damage("it does not begin with its version");
        }
        long version = wholeNumber();
        if (version > known) {
            throw new NewerFormatException(object, (int) Math.min(version, Integer.MAX_VALUE), known);
        }
        if (version < 1) {
            throw damage("version %d".formatted(version));
        }
    }

    /// Requires that nothing follows.
    public void end() throws CorruptObjectException {
        if (parser.nextToken() != null) {
            throw damage("something follows its end");
        }
    }

    /// Goes on to the next key of the object that was entered; at its end, leaves it and returns false.
    public boolean nextKey() {
        return parser.nextToken() == JsonToken.PROPERTY_NAME;
    }

    public String key() {
        return parser.currentName();
    }

    public String text() throws CorruptObjectException {
        expect(JsonToken.VALUE_STRING, "a text");
        return parser.getString();
    }

    public long wholeNumber() throws CorruptObjectException {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        return parser.getLongValue();
    }

    public double number() throws CorruptObjectException {
        if (!parser.nextToken().isNumeric()) {
            throw damage("'%s' is not a number".formatted(key()));
        }
        return parser.getDoubleValue();
    }

    public boolean truth() throws CorruptObjectException {
        if (!parser.nextToken().isBoolean()) {
            throw damage("'%s' is neither true nor false".formatted(key()));
        }
        return parser.getBooleanValue();
    }

    /// Reads an array of objects; `item` reads the keys of one.
    public <T> List<T> objects(Part<T> item) throws CorruptObjectException {
        return array(JsonToken.START_OBJECT, "objects", item);
    }

    public List<String> texts() throws CorruptObjectException {
        return array(JsonToken.VALUE_STRING, "texts", parser::getString);
    }

    private <T> List<T> array(JsonToken itemStart, String items, Part<T> item) throws CorruptObjectException {
        var key = key();
        expect(JsonToken.START_ARRAY, "an array");
        var list = new ArrayList<T>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != itemStart) {
                throw damage("'%s' is not an array of %s".formatted(key, items));
            }
            list.add(item.read());
        }
        return list;
    }

    /// Passes over the value of a key that this version does not know.
    public void skip() {
        parser.nextToken();
        parser.skipChildren();
    }

    /// Returns `value`, which is null if its key was not there.
    public <T> T required(String key, T value) throws CorruptObjectException {
        if (value == null) {
            throw damage("it has no '%s'".formatted(key));
        }
        return value;
    }

    private void expect(JsonToken token, String what) throws CorruptObjectException {
        if (parser.nextToken() != token) {
            throw damage("'%s' is not %s".formatted(key(), what));
        }
    }

    public CorruptObjectException damage(String finding) {
        return new CorruptObjectException(object, finding);
    }

    @Override
    public void close() {
        parser.close();
    }
}
