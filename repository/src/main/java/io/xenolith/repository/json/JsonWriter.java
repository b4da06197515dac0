package io.xenolith.repository.json;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes small JSON documents of ours.
public final class JsonWriter {

    private static final JsonFactory JSON = new JsonFactory();

    private JsonWriter() {
    }

    /// The document of one object, in UTF-8.
    ///
    /// @param properties writes the object's properties
    public static byte[] object(Consumer<JsonGenerator> properties) {
        var bytes = new ByteArrayOutputStream(1 << 10);
        try (var out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            out.writeStartObject();
            properties.accept(out);
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
