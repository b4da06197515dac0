package io.xenolith.repository.object;

import io.xenolith.engine.crypto.AuthenticationException;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.engine.crypto.ObjectCipher;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/// How stored bytes are kept from being read or changed unnoticed: AES-256-GCM under a key of their own, derived from the
/// master key and the object's name; or, in a repository without encryption, a SHA-256 checksum. Safe for use by several
/// threads.
public final class Protection {

    static final int CHECKSUM_BYTES = 32;

    private final Optional<MasterKey> key;

    private Protection(Optional<MasterKey> key) {
        this.key = key;
    }

    /// Checksums only.
    public static Protection checksums() {
        return new Protection(Optional.empty());
    }

    /// Encryption with keys that are derived from `key`.
    public static Protection encryption(MasterKey key) {
        return new Protection(Optional.of(key));
    }

    /// 0 for checksums, 1 for AES-256-GCM: as it is written in headers.
    public int number() {
        return key.isPresent() ? 1 : 0;
    }

    public boolean encrypts() {
        return key.isPresent();
    }

    /// How many bytes protection adds.
    public int overhead() {
        return key.isPresent() ? ObjectCipher.TAG_BYTES : CHECKSUM_BYTES;
    }

    /// The protection of one object. For use by one thread at a time.
    ///
    /// @param purpose keeps the keys of different kinds of objects apart
    /// @param name    the object's name, unique for ever among those of its purpose
    public Seal seal(String purpose, String name) {
        return key.isPresent() ? new Encrypting(ObjectCipher.of(key.get(), purpose, name)) : new Summing();
    }

    /// Protects and opens the parts of one object. For use by one thread at a time.
    public sealed interface Seal {

        /// Protects `bytes[0, length)`.
        ///
        /// @param counter different for each part of the object
        /// @param context what the part belongs to; must be the same at opening
        /// @return the protected bytes, [Protection#overhead()] longer
        byte[] close(long counter, byte[] context, byte[] bytes, int offset, int length);

        /// Opens `bytes[0, length)` in place.
        ///
        /// @return how many bytes from the start of `bytes` on are what was protected; nothing, if they or their context are
        ///         not what they were
        OptionalInt open(long counter, byte[] context, byte[] bytes, int length);
    }

    private record Encrypting(ObjectCipher cipher) implements Seal {
        @Override
        public byte[] close(long counter, byte[] context, byte[] bytes, int offset, int length) {
            var sealed = new byte[ObjectCipher.sealedLength(length)];
            cipher.seal(counter, context, bytes, offset, length, sealed, 0);
            return sealed;
        }

        @Override
        public OptionalInt open(long counter, byte[] context, byte[] bytes, int length) {
            try {
                return OptionalInt.of(cipher.open(counter, context, bytes, 0, length, bytes, 0));
            } catch (AuthenticationException _) {
                return OptionalInt.empty();
            }
        }
    }

    /// SHA-256 over the context, the counter (8 bytes, big-endian) and the bytes.
    private record Summing() implements Seal {
        @Override
        public byte[] close(long counter, byte[] context, byte[] bytes, int offset, int length) {
            var sealed = Arrays.copyOf(Arrays.copyOfRange(bytes, offset, offset + length), length + CHECKSUM_BYTES);
            System.arraycopy(sum(counter, context, bytes, offset, length), 0, sealed, length, CHECKSUM_BYTES);
            return sealed;
        }

        @Override
        public OptionalInt open(long counter, byte[] context, byte[] bytes, int length) {
            int plainLength = length - CHECKSUM_BYTES;
            boolean same = plainLength >= 0 && MessageDigest.isEqual(sum(counter, context, bytes, 0, plainLength),
                    Arrays.copyOfRange(bytes, plainLength, length));
            return same ? OptionalInt.of(plainLength) : OptionalInt.empty();
        }

        private static byte[] sum(long counter, byte[] context, byte[] bytes, int offset, int length) {
            try {
                var digest = MessageDigest.getInstance("SHA-256");
                digest.update(context);
                digest.update(ByteBuffer.allocate(Long.BYTES).putLong(counter).flip());
                digest.update(bytes, offset, length);
                return digest.digest();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java runtime lacks SHA-256", e);
            }
        }
    }
}
