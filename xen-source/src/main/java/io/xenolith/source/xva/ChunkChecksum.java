package io.xenolith.source.xva;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/// What is written behind each chunk, as text without an end of line. Hosts compare the text, letter case included.
public enum ChunkChecksum {
    /// SHA-1 in lower case; every host reads it, those up to 8.0 nothing else. Slow, where the processor does not do it:
    /// a quarter of a GB/s.
    SHA1(".checksum", 40),
    /// XXH64 with seed 0 in upper case, most significant digit first; what hosts write since 8.1.
    XXHASH(".xxhash", 16);

    private static final XXHash64 XXH64 = XXHashFactory.fastestInstance().hash64();
    private static final HexFormat UPPER = HexFormat.of().withUpperCase();

    private final String extension;
    private final int length;

    ChunkChecksum(String extension, int length) {
        this.extension = extension;
        this.length = length;
    }

    /// What the name of its entry adds to the chunk's.
    String extension() {
        return extension;
    }

    /// How many bytes its text takes.
    int length() {
        return length;
    }

    /// The kind that an entry named `name` holds for the chunk `chunk`, if it holds one.
    static Optional<ChunkChecksum> following(String chunk, String name) {
        for (var kind : values()) {
            if (name.length() == chunk.length() + kind.extension.length()
                    && name.startsWith(chunk) && name.endsWith(kind.extension)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /// The text for `bytes[offset, offset + length)`.
    byte[] of(byte[] bytes, int offset, int length) {
        return switch (this) {
            case SHA1 -> HexFormat.of().formatHex(sha1(bytes, offset, length)).getBytes(StandardCharsets.US_ASCII);
            case XXHASH -> UPPER.toHexDigits(XXH64.hash(bytes, offset, length, 0)).getBytes(StandardCharsets.US_ASCII);
        };
    }

    private static byte[] sha1(byte[] bytes, int offset, int length) {
        try {
            var digest = MessageDigest.getInstance("SHA-1");
            digest.update(bytes, offset, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
