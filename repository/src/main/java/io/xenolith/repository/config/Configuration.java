package io.xenolith.repository.config;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.json.JsonReader;
import io.xenolith.repository.json.JsonWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// The parameters of a repository. JSON with these keys:
///
/// | key         | value                                                                                     |
/// |-------------|-------------------------------------------------------------------------------------------|
/// | version     | of the repository as a whole, now 1; a newer one is refused                               |
/// | id          | 32 hexadecimal digits, random                                                             |
/// | created     | when, ISO 8601                                                                            |
/// | program     | name and version of the program that made it                                              |
/// | chunkSize   | mean length of chunks in bytes, see [Chunking]                                            |
/// | compression | `zstd:LEVEL`, `lz4` or `none`: what new frames are written with                           |
/// | encrypted   | true or false                                                                             |
/// | proof       | if encrypted: the key derived for the purpose `xenolith configuration` and the name       |
/// |             | `ID\|CHUNKSIZE`, in hexadecimal digits; nobody without the key can change the parameters  |
public record Configuration(String id, Instant created, String program, Chunking chunking, Compression compression,
        boolean encrypted, Optional<String> proof) {

    public static final int VERSION = 1;

    /// The proof that belongs to the parameters under `key`.
    public String proof(MasterKey key) {
        return HexFormat.of().formatHex(key.derive("xenolith configuration", id + "|" + chunking.meanBytes()));
    }

    Configuration proven(MasterKey key) {
        return new Configuration(id, created, program, chunking, compression, encrypted, Optional.of(proof(key)));
    }

    byte[] encode() {
        return JsonWriter.object(out -> {
            out.writeNumberProperty("version", VERSION);
            out.writeStringProperty("id", id);
            out.writeStringProperty("created", created.toString());
            out.writeStringProperty("program", program);
            out.writeNumberProperty("chunkSize", chunking.meanBytes());
            out.writeStringProperty("compression", compression.toString());
            out.writeBooleanProperty("encrypted", encrypted);
            proof.ifPresent(value -> out.writeStringProperty("proof", value));
        });
    }

    /// @throws NewerFormatException if the repository is of a newer version
    static Configuration decode(String name, byte[] bytes) throws CorruptObjectException, NewerFormatException {
        try (var in = new JsonReader(name, bytes)) {
            var configuration = read(in);
            in.end();
            return configuration;
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new CorruptObjectException(name, e.getMessage());
        }
    }

    private static Configuration read(JsonReader in) throws CorruptObjectException, NewerFormatException {
        String id = null;
        Instant created = null;
        String program = null;
        Chunking chunking = null;
        Compression compression = null;
        Boolean encrypted = null;
        Optional<String> proof = Optional.empty();
        in.begin(VERSION);
        while (in.nextKey()) {
            switch (in.key()) {
                case "id" -> id = in.text();
                case "created" -> created = Instant.parse(in.text());
                case "program" -> program = in.text();
                case "chunkSize" -> chunking = new Chunking(Math.toIntExact(Math.clamp(in.wholeNumber(), 0, 1 << 30)));
                case "compression" -> compression = Compression.parse(in.text());
                case "encrypted" -> encrypted = in.truth();
                case "proof" -> proof = Optional.of(in.text());
                default -> in.skip();
            }
        }
        return new Configuration(in.required("id", id), in.required("created", created), in.required("program", program),
                in.required("chunkSize", chunking), in.required("compression", compression),
                in.required("encrypted", encrypted), proof);
    }
}
