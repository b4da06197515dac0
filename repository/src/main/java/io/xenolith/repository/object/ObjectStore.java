package io.xenolith.repository.object;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.xenolith.engine.codec.Codec;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.codec.Compressor;
import io.xenolith.engine.codec.CorruptFrameException;
import io.xenolith.engine.codec.Decompressor;
import io.xenolith.engine.codec.UnknownCodecException;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.storage.ObjectTooLargeException;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Writes and reads small objects: compressed, then protected. Safe for use by several threads. Integers are
/// little-endian.
///
/// | offset | bytes | field      | meaning                                                                 |
/// |-------:|------:|------------|-------------------------------------------------------------------------|
/// |      0 |     6 | magic      | ASCII `XENOBJ`                                                          |
/// |      6 |     1 | version    | 1                                                                       |
/// |      7 |     1 | kind       | see [ObjectKind]                                                        |
/// |      8 |     1 | protection | 0 checksum, 1 AES-256-GCM                                               |
/// |      9 |     1 | codec      | see [Codec]                                                             |
/// |     10 |     2 | reserved   | 0                                                                       |
/// |     12 |     4 | length     | of the payload before compression                                       |
/// |     16 |       | payload    | compressed, and encrypted where protection is 1                         |
/// |        | 16/32 | seal       | GCM tag; or SHA-256 over context, counter 0 (8 bytes) and payload       |
///
/// The context (GCM's associated data) is the 16 bytes above followed by the object's name in UTF-8, so that no object
/// can take another's place. The key is derived for the purpose `xenolith object` and that name; the counter is 0.
public final class ObjectStore {

    private static final byte[] MAGIC = "XENOBJ".getBytes(UTF_8);
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 16;

    /// Below this there is little to gain, and a command that reads small objects only need not load a codec.
    private static final int LEAST_COMPRESSED_BYTES = 4 << 10;
    private static final String PURPOSE = "xenolith object";

    private final Storage storage;
    private final Protection protection;

    public ObjectStore(Storage storage, Protection protection) {
        this.storage = storage;
        this.protection = protection;
    }

    /// Stores `payload` under a name that is not taken.
    ///
    /// @throws IOException if the name is taken or the storage fails
    public void write(String name, ObjectKind kind, byte[] payload) throws IOException {
        if (payload.length < LEAST_COMPRESSED_BYTES) {
            write(name, kind, payload.length, new Compressor.Compressed(Codec.STORED, payload, 0, payload.length));
            return;
        }
        try (var compressor = new Compressor(Compression.DEFAULT)) {
            write(name, kind, payload.length, compressor.compress(payload, 0, payload.length));
        }
    }

    private void write(String name, ObjectKind kind, int length, Compressor.Compressed payload) throws IOException {
        var header = ByteBuffer.allocate(HEADER_BYTES).order(LITTLE_ENDIAN).put(MAGIC).put((byte) VERSION)
                .put((byte) kind.number()).put((byte) protection.number()).put((byte) payload.codec().number())
                .putShort((short) 0).putInt(length).array();
        var sealed = protection.seal(PURPOSE, name)
                .close(0, context(header, name), payload.bytes(), payload.offset(), payload.length());
        var object = Arrays.copyOf(header, HEADER_BYTES + sealed.length);
        System.arraycopy(sealed, 0, object, HEADER_BYTES, sealed.length);
        storage.put(name, object);
    }

    /// Reads what was stored under `name`.
    ///
    /// @param limit the most bytes that an object of this kind can have
    /// @throws CorruptObjectException if it is damaged, of another kind or longer than `limit`
    /// @throws IOException if it is not there or the storage fails
    public byte[] read(String name, ObjectKind kind, int limit) throws IOException {
        var object = readAll(name, limit);
        if (object.length < HEADER_BYTES || !Arrays.equals(object, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new CorruptObjectException(name, "it is cut off or no xenolith object");
        }
        var header = Arrays.copyOf(object, HEADER_BYTES);
        requireKnownVersion(name, header, object);
        if (header[7] != kind.number() || header[8] != protection.number()) {
            throw new CorruptObjectException(name, "it is not of the expected kind or protection");
        }
        var compressed = open(name, header, object)
                .orElseThrow(() -> new CorruptObjectException(name, "its seal does not fit its content"));
        int length = ByteBuffer.wrap(header).order(LITTLE_ENDIAN).getInt(12);
        if (length < 0 || length > limit) {
            throw new CorruptObjectException(name, "a payload of %d bytes, more than %d".formatted(length, limit));
        }
        return decompress(name, header[9], compressed, length);
    }

    private byte[] readAll(String name, int limit) throws IOException {
        try {
            return storage.readAll(name, limit);
        } catch (ObjectTooLargeException e) {
            throw new CorruptObjectException(name, e.getMessage());
        }
    }

    /// A version that is newer only because it has rotted is told by the seal, which fits the right one.
    private void requireKnownVersion(String name, byte[] header, byte[] object) throws IOException {
        int version = Byte.toUnsignedInt(header[6]);
        if (version == VERSION) {
            return;
        }
        var known = header.clone();
        known[6] = VERSION;
        if (version < VERSION || open(name, known, object).isPresent()) {
            throw new CorruptObjectException(name, "there is no format version " + version);
        }
        throw new NewerFormatException(name, version, VERSION);
    }

    private Optional<byte[]> open(String name, byte[] header, byte[] object) {
        var payload = Arrays.copyOfRange(object, HEADER_BYTES, object.length);
        var length = protection.seal(PURPOSE, name).open(0, context(header, name), payload, payload.length);
        return length.isPresent() ? Optional.of(Arrays.copyOf(payload, length.getAsInt())) : Optional.empty();
    }

    private static byte[] decompress(String name, int codec, byte[] compressed, int length) throws IOException {
        try (var decompressor = new Decompressor()) {
            var payload = new byte[length];
            decompressor.decompress(Codec.fromNumber(codec), compressed, 0, compressed.length, payload, 0, length);
            return payload;
        } catch (CorruptFrameException | UnknownCodecException e) {
            throw new CorruptObjectException(name, e.getMessage());
        }
    }

    private static byte[] context(byte[] header, String name) {
        var suffix = name.getBytes(UTF_8);
        var context = Arrays.copyOf(header, header.length + suffix.length);
        System.arraycopy(suffix, 0, context, header.length, suffix.length);
        return context;
    }
}
