package io.xenolith.engine.chunk;

import io.xenolith.engine.crypto.NativeCrypto;
import java.security.DigestException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/// How a repository computes the ids of chunks and map nodes. Immutable; hands out a [Hasher] for each thread.
public final class ChunkIdentity {

    private final Optional<SecretKeySpec> key;

    private ChunkIdentity(Optional<SecretKeySpec> key) {
        this.key = key;
    }

    /// Ids are SHA-256 of the plain bytes.
    public static ChunkIdentity plain() {
        return new ChunkIdentity(Optional.empty());
    }

    /// Ids are HMAC-SHA-256 of the plain bytes, so that they tell nothing to somebody without the key.
    public static ChunkIdentity keyed(byte[] key) {
        return new ChunkIdentity(Optional.of(new SecretKeySpec(key, "HmacSHA256")));
    }

    /// A new hasher, for use by one thread at a time.
    public Hasher newHasher() {
        try {
            return key.isPresent() ? new Keyed(key.get()) : new Plain();
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC-SHA-256 takes any key", e);
        }
    }

    /// Computes ids; for use by one thread at a time.
    public sealed interface Hasher {

        /// The id of `bytes[offset, offset + length)`.
        ChunkId id(byte[] bytes, int offset, int length);

        /// The id of all of `bytes`.
        default ChunkId id(byte[] bytes) {
            return id(bytes, 0, bytes.length);
        }
    }

    private static final class Plain implements Hasher {
        private final MessageDigest digest = NativeCrypto.sha256();
        private final byte[] result = new byte[ChunkId.BYTES];

        @Override
        public ChunkId id(byte[] bytes, int offset, int length) {
            try {
                digest.update(bytes, offset, length);
                digest.digest(result, 0, result.length);
                return ChunkId.of(result, 0);
            } catch (DigestException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class Keyed implements Hasher {
        private final Mac mac = NativeCrypto.hmacSha256();
        private final byte[] result = new byte[ChunkId.BYTES];

        Keyed(SecretKeySpec key) throws InvalidKeyException {
            mac.init(key);
        }

        @Override
        public ChunkId id(byte[] bytes, int offset, int length) {
            try {
                mac.update(bytes, offset, length);
                mac.doFinal(result, 0);
                return ChunkId.of(result, 0);
            } catch (ShortBufferException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
