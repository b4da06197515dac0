package io.xenolith.repository.index;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackTable;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// Index segments: copies of packs' tables, so that a lost index is made anew without reading every pack. Objects of kind
/// [ObjectKind#INDEX_SEGMENT] named `segments/` and 32 random hexadecimal digits. The payload, little-endian:
///
/// | bytes | field        | meaning                                             |
/// |------:|--------------|-----------------------------------------------------|
/// |     4 | count        | packs, 1 to 4096                                    |
///
/// and for each pack:
///
/// | bytes | field        | meaning                                             |
/// |------:|--------------|-----------------------------------------------------|
/// |     1 | kind         | 0 data, 1 map                                       |
/// |    16 | id           | of the pack                                         |
/// |     4 | table length | bytes of the table                                  |
/// |       | table        | as in the pack, before compression; see [PackTable] |
///
/// A segment may speak of packs that are gone, and a pack may be in several segments or in none.
public final class IndexSegments {

    /// Where segments lie.
    public static final String FOLDER = "segments/";

    private static final int MAX_PACKS = 4096;
    private static final int MAX_BYTES = 512 << 20;

    private final Storage storage;
    private final ObjectStore objects;
    private final RandomGenerator random;

    public IndexSegments(Storage storage, ObjectStore objects, RandomGenerator random) {
        this.storage = storage;
        this.objects = objects;
        this.random = random;
    }

    /// Writes a segment of 1 to 4096 tables.
    ///
    /// @return its name
    public String write(List<PackTable> tables) throws IOException {
        var out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(4).order(LITTLE_ENDIAN).putInt(tables.size()).array());
        for (var table : tables) {
            var encoded = table.encode(true);
            out.write(table.pack().kind().number());
            out.writeBytes(table.pack().toBytes());
            out.writeBytes(ByteBuffer.allocate(4).order(LITTLE_ENDIAN).putInt(encoded.length).array());
            out.writeBytes(encoded);
        }
        var name = FOLDER + HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
        objects.write(name, ObjectKind.INDEX_SEGMENT, out.toByteArray());
        return name;
    }

    /// The names of all segments.
    public List<String> list() throws IOException {
        return storage.list(FOLDER).stream().map(StoredObject::name).toList();
    }

    /// Reads a segment.
    ///
    /// @throws CorruptObjectException if it is damaged; the packs' own tables say the same
    public List<PackTable> read(String name) throws IOException {
        var in = ByteBuffer.wrap(objects.read(name, ObjectKind.INDEX_SEGMENT, MAX_BYTES)).order(LITTLE_ENDIAN);
        int count = in.remaining() < 4 ? -1 : in.getInt();
        if (count < 1 || count > MAX_PACKS) {
            throw new CorruptObjectException(name, "it has %d packs".formatted(count));
        }
        var tables = new ArrayList<PackTable>(count);
        for (int i = 0; i < count; i++) {
            tables.add(table(name, in));
        }
        return tables;
    }

    private static PackTable table(String name, ByteBuffer in) throws CorruptObjectException {
        if (in.remaining() < 1 + PackId.BYTES + 4) {
            throw new CorruptObjectException(name, "it ends within a pack");
        }
        int kind = in.get();
        if (kind < 0 || kind >= PackKind.values().length) {
            throw new CorruptObjectException(name, "a pack of kind %d".formatted(kind));
        }
        var pack = PackId.get(PackKind.values()[kind], in);
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new CorruptObjectException(name, "a table of %d bytes, %d are left".formatted(length, in.remaining()));
        }
        var encoded = new byte[length];
        in.get(encoded);
        return PackTable.decode(pack, encoded, true);
    }
}
