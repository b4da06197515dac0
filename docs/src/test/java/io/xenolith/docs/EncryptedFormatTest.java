package io.xenolith.docs;

import static io.xenolith.repository.RepositoryFixture.randomDisk;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.repository.RepositoryFixture;
import io.xenolith.repository.RepositoryPlace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `format.md` says of encryption is enough to read an encrypted repository: here it is done from the document, with
/// the primitives of the JDK and of Bouncy Castle ([DocumentedKeys]) and nothing of Xenolith's.
@ExtendWith(SeedExtension.class)
class EncryptedFormatTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final String PASSWORD = "correct horse";

    @TempDir
    private Path root;
    private RepositoryFixture fixture;
    private DocumentedKeys keys;
    private String rootId;

    @BeforeEach
    void anEncryptedRepositoryWithOnePoint(Seed seed) throws Exception {
        fixture = RepositoryFixture.create(RepositoryPlace.directory(root), true);
        rootId = fixture.full("wéb", randomDisk(seed.random(), 900_001)).disks().getFirst().root().toString();
        keys = DocumentedKeys.open(Files.readAllBytes(only("keys").getFirst()), PASSWORD);
    }

    @Test
    void bothCopiesOfAKeySlotAreNamedAfterItsId() throws Exception {
        var files = only("keys");
        var slot = Files.readAllBytes(files.getFirst());
        var id = HEX.formatHex(slot, 8, 16);
        assertEquals(List.of(id, id + ".copy"), files.stream().map(file -> file.getFileName().toString()).toList());
        assertArrayEquals(slot, Files.readAllBytes(files.getLast()));
    }

    @Test
    void theConfigurationIsInTheClearAndProvesItsParameters() throws Exception {
        var object = Files.readAllBytes(root.resolve("config"));
        assertEquals(0, object[8]);
        var json = json(object, Arrays.copyOfRange(object, 16, object.length - 32));
        var proof = keys.derive("xenolith configuration", json.get("id").asString() + "|" + json.get("chunkSize").asInt());
        assertEquals(HEX.formatHex(proof), json.get("proof").asString());
    }

    @Test
    void aRestorePointOpensUnderItsName() throws Exception {
        var file = only("points").getFirst();
        var name = root.relativize(file).toString();
        var json = json(Files.readAllBytes(file), open(file));
        assertEquals("wéb", json.get("vm").asString());
        assertEquals(rootId, json.get("disks").get(0).get("root").asString());
        assertEquals(keys.id(concat("vm\0".getBytes(UTF_8), "wéb".getBytes(UTF_8))).substring(0, 32), name.split("/")[1]);
    }

    @Test
    void aSettingOpensUnderTheKeyOfItsName() throws Exception {
        try (var repository = fixture.open()) {
            repository.settings().put("some/name", "first".getBytes(UTF_8));
            repository.settings().put("some/name", "second".getBytes(UTF_8));
        }
        var file = only("settings").getLast();
        var parts = root.relativize(file).toString().split("/");
        assertEquals(keys.id("setting\0some/name".getBytes(UTF_8)).substring(0, 32), parts[1]);
        assertTrue(parts[2].matches("00000002-[0-9a-f]{16}"), parts[2]);
        assertArrayEquals("\u0009some/namesecond".getBytes(UTF_8), open(file));
    }

    @Test
    void packsOpenAndTheirChunksAreWhatTheirKeyedIdsSay() throws Exception {
        var nodes = chunks(only("packs/map"));
        assertEquals(900_001, ByteBuffer.wrap(nodes.get(rootId)).order(LITTLE_ENDIAN).getLong(4));
        assertFalse(chunks(only("packs/data")).isEmpty());
    }

    /// The payload of a small object.
    private byte[] open(Path file) throws IOException, GeneralSecurityException {
        var name = root.relativize(file).toString();
        var object = Files.readAllBytes(file);
        var context = concat(Arrays.copyOf(object, 16), name.getBytes(UTF_8));
        return keys.decrypt("xenolith object", name, 0, context, Arrays.copyOfRange(object, 16, object.length));
    }

    private JsonNode json(byte[] object, byte[] payload) {
        int length = ByteBuffer.wrap(object).order(LITTLE_ENDIAN).getInt(12);
        return new JsonMapper().readTree(decompress(object[9], payload, length));
    }

    private static byte[] decompress(int codec, byte[] bytes, int length) {
        var plain = codec == 0 ? bytes : Zstd.decompress(bytes, length);
        assertEquals(length, plain.length);
        return plain;
    }

    /// All chunks of packs by id, having been compared with it.
    private Map<String, byte[]> chunks(List<Path> packs) throws IOException, GeneralSecurityException {
        var chunks = new HashMap<String, byte[]>();
        for (var pack : packs) {
            readPack(pack.getFileName().toString(), Files.readAllBytes(pack), chunks);
        }
        return chunks;
    }

    private void readPack(String id, byte[] pack, Map<String, byte[]> chunks) throws GeneralSecurityException {
        var header = Arrays.copyOf(pack, 32);
        var tail = ByteBuffer.wrap(pack, pack.length - 32, 32).slice().order(LITTLE_ENDIAN);
        int offset = (int) tail.getLong();
        var sealed = Arrays.copyOfRange(pack, offset, offset + tail.getInt());
        int tableLength = tail.getInt();
        var table = ByteBuffer.wrap(decompress(tail.get(),
                keys.decrypt("xenolith pack", id, offset, header, sealed), tableLength)).order(LITTLE_ENDIAN);
        int frames = table.getInt();
        int count = table.getInt();
        int lengths = 8 + 13 * frames;
        int at = 32;
        int ordinal = 0;
        for (int frame = 0; frame < frames; frame++) {
            int end = at + table.getInt(8 + 4 * frame);
            var stored = keys.decrypt("xenolith pack", id, at, header, Arrays.copyOfRange(pack, at, end));
            var raw = decompress(table.get(8 + 12 * frames + frame), stored, table.getInt(8 + 4 * frames + 4 * frame));
            int from = 0;
            for (int last = ordinal + table.getInt(8 + 8 * frames + 4 * frame); ordinal < last; ordinal++) {
                var chunk = Arrays.copyOfRange(raw, from, from += table.getInt(lengths + 4 * ordinal));
                var expected = HEX.formatHex(table.array(), lengths + 4 * count + 32 * ordinal, lengths + 4 * count + 32 * ordinal + 32);
                assertEquals(expected, keys.id(chunk));
                chunks.put(expected, chunk);
            }
            assertEquals(raw.length, from);
            at = end;
        }
        assertEquals(offset, at);
        assertEquals(count, ordinal);
    }

    /// The files in a folder, sorted.
    private List<Path> only(String folder) throws IOException {
        try (var files = Files.walk(root.resolve(folder))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(first);
        bytes.writeBytes(second);
        return bytes.toByteArray();
    }
}
