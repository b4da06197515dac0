package io.xenolith.repository.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.CorruptObjectException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

    private static final JsonMapper JSON = new JsonMapper();

    /// The proof that belongs to the parameters under `key`.
    public String proof(MasterKey key) {
        return HexFormat.of().formatHex(key.derive("xenolith configuration", id + "|" + chunking.meanBytes()));
    }

    Configuration proven(MasterKey key) {
        return new Configuration(id, created, program, chunking, compression, encrypted, Optional.of(proof(key)));
    }

    byte[] encode() {
        var json = JSON.createObjectNode().put("version", VERSION).put("id", id).put("created", created.toString())
                .put("program", program).put("chunkSize", chunking.meanBytes())
                .put("compression", compression.toString()).put("encrypted", encrypted);
        proof.ifPresent(value -> json.put("proof", value));
        return json.toString().getBytes(UTF_8);
    }

    static Configuration decode(String name, byte[] bytes) throws CorruptObjectException, RepositoryVersionException {
        try {
            var json = JSON.readTree(bytes);
            int version = json.required("version").intValue();
            if (version > VERSION) {
                throw new RepositoryVersionException(version, VERSION);
            }
            return new Configuration(json.required("id").stringValue(),
                    Instant.parse(json.required("created").stringValue()),
                    json.required("program").stringValue(), new Chunking(json.required("chunkSize").intValue()),
                    Compression.parse(json.required("compression").stringValue()),
                    json.required("encrypted").booleanValue(),
                    Optional.ofNullable(json.get("proof")).map(JsonNode::stringValue));
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new CorruptObjectException(name, e.getMessage());
        }
    }
}
