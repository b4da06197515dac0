package io.xenolith.engine.chunk;

import io.xenolith.engine.crypto.NativeCrypto;
import java.security.DigestException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

    /// A new hasher for much data, for use by one thread at a time.
    public Hasher newHasher() {
        return key.<Hasher>map(each -> new Keyed(NativeCrypto.hmacSha256(), each))
                .orElseGet(() -> new Plain(NativeCrypto.sha256()));
    }

    /// The id of a few bytes, such as a name. Is there at once, where a hasher's library has to be loaded.
    public ChunkId ofFew(byte[] bytes) {
        try {
            Hasher hasher = key.isPresent() ? new Keyed(Mac.getInstance("HmacSHA256"), key.get())
                    : new Plain(MessageDigest.getInstance("SHA-256"));
            return hasher.id(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
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
        private final MessageDigest digest;
        private final byte[] result = new byte[ChunkId.BYTES];

        Plain(MessageDigest digest) {
            this.digest = digest;
        }

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
        private final Mac mac;
        private final byte[] result = new byte[ChunkId.BYTES];

        Keyed(Mac mac, SecretKeySpec key) {
            this.mac = mac;
            try {
                mac.init(key);
            } catch (InvalidKeyException e) {
                throw new IllegalStateException("HMAC-SHA-256 takes any key", e);
            }
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
