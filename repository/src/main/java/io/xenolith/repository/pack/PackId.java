package io.xenolith.repository.pack;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Names a pack: 16 random bytes and its kind.
public record PackId(PackKind kind, long high, long low) {

    /// Bytes of an encoded id, without the kind.
    public static final int BYTES = 16;

    public static PackId random(PackKind kind, RandomGenerator random) {
        return new PackId(kind, random.nextLong(), random.nextLong());
    }

    /// The id of the pack that is stored as `name`, if that is a pack's name.
    public static Optional<PackId> ofName(String name) {
        for (var kind : PackKind.values()) {
            if (name.startsWith(kind.folder())) {
                var hex = name.substring(name.lastIndexOf('/') + 1);
                if (hex.length() == 2 * BYTES && hex.chars().allMatch(HexFormat::isHexDigit)) {
                    var id = get(kind, ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
                    return id.name().equals(name) ? Optional.of(id) : Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /// Reads the next 16 bytes, big-endian, of `in`.
    public static PackId get(PackKind kind, ByteBuffer in) {
        var bytes = new byte[BYTES];
        in.get(bytes);
        var id = ByteBuffer.wrap(bytes);
        return new PackId(kind, id.getLong(), id.getLong());
    }

    /// The id's 16 bytes.
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /// 32 hexadecimal digits.
    public String hex() {
        return HexFormat.of().formatHex(toBytes());
    }

    /// The name of the pack's object.
    public String name() {
        var hex = hex();
        return kind.folder() + hex.substring(0, 2) + "/" + hex;
    }

    @Override
    public String toString() {
        return name();
    }
}
