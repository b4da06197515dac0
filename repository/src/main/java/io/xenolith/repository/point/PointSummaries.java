package io.xenolith.repository.point;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.object.ObjectKind;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.storage.ObjectMissingException;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StorageFullException;
import io.xenolith.repository.storage.StorageReadOnlyException;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Copies of many restore points in one object, so that listing them does not mean to read and open thousands. A summary
/// can be lost, and says nothing about which points there are: that is what the folder of points says. Objects of kind
/// [ObjectKind#SUMMARY] named `summaries/` and 16 random hexadecimal digits. The payload, little-endian, is a list of:
///
/// | bytes | field       | meaning                               |
/// |------:|-------------|---------------------------------------|
/// |     2 | name length |                                       |
/// |       | name        | of the point's object, in UTF-8       |
/// |     4 | length      |                                       |
/// |       | content     | as in the object: [RestorePointFormat] |
final class PointSummaries {

    private static final String FOLDER = "summaries/";
    private static final int MAX_BYTES = 64 << 20;

    private final Storage storage;
    private final ObjectStore objects;

    PointSummaries(Storage storage, ObjectStore objects) {
        this.storage = storage;
        this.objects = objects;
    }

    /// The contents of the points that summaries hold, by the names of their objects. A damaged summary is as good as none.
    Map<String, byte[]> read() throws IOException {
        var contents = new HashMap<String, byte[]>();
        for (var name : names()) {
            try {
                contents.putAll(decode(name, objects.read(name, ObjectKind.SUMMARY, MAX_BYTES)));
            } catch (CorruptObjectException | ObjectMissingException _) {
                // its points are read one by one
            }
        }
        return contents;
    }

    /// Puts one summary in the place of those that there are, if the storage takes it.
    void replace(Map<String, byte[]> contents, RandomGenerator random) throws IOException {
        long bytes = 0;
        for (var point : contents.entrySet()) {
            bytes += 6 + point.getKey().getBytes(UTF_8).length + point.getValue().length;
        }
        if (bytes > MAX_BYTES) {
            return;
        }
        var before = names();
        try {
            var name = FOLDER + HexFormat.of().toHexDigits(random.nextLong());
            objects.write(name, ObjectKind.SUMMARY, encode(contents, (int) bytes));
            for (var old : before) {
                storage.delete(old);
            }
        } catch (StorageFullException | StorageReadOnlyException _) {
            // listing takes longer, and that is all
        }
    }

    private List<String> names() throws IOException {
        return storage.list(FOLDER).stream().map(StoredObject::name).toList();
    }

    private static byte[] encode(Map<String, byte[]> contents, int bytes) {
        var out = ByteBuffer.allocate(bytes).order(LITTLE_ENDIAN);
        contents.forEach((name, content) -> {
            var encoded = name.getBytes(UTF_8);
            out.putShort((short) encoded.length).put(encoded).putInt(content.length).put(content);
        });
        return out.array();
    }

    private static Map<String, byte[]> decode(String summary, byte[] payload) throws CorruptObjectException {
        var in = ByteBuffer.wrap(payload).order(LITTLE_ENDIAN);
        var contents = new HashMap<String, byte[]>();
        while (in.hasRemaining()) {
            var name = new String(bytes(summary, in, in.remaining() < 2 ? -1 : in.getShort() & 0xFFFF), UTF_8);
            contents.put(name, bytes(summary, in, in.remaining() < 4 ? -1 : in.getInt()));
        }
        return contents;
    }

    private static byte[] bytes(String summary, ByteBuffer in, int length) throws CorruptObjectException {
        if (length < 0 || length > in.remaining()) {
            throw new CorruptObjectException(summary, "%d bytes where %d are left".formatted(length, in.remaining()));
        }
        var bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
