package io.xenolith.engine.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals and opens the messages of one object (a pack, a restore point) with AES-256-GCM and the object's own key.
/// Cheap to make and to use again; not safe for use by several threads, but each may have its own for the same object.
///
/// A sealed message is the ciphertext, as long as the plain bytes, and the tag of 16 bytes behind it.
///
/// | input           | value                                                                           |
/// |-----------------|---------------------------------------------------------------------------------|
/// | key             | [MasterKey#derive] of the object's purpose and name                             |
/// | nonce           | 12 bytes: 4 zero bytes, then the message's counter as 64 bits, big-endian       |
/// | associated data | up to the object's format: what the message is and where it belongs             |
///
/// **Never seal twice with one counter under one name**: whoever sees both messages learns from them what the plain bytes
/// have in common, and can forge more. An instance refuses that. That no second one seals under the same name is the
/// contract of who names objects: a new object gets a new name, also after a crash.
public final class ObjectCipher {

    public static final int TAG_BYTES = 16;

    static final String ALGORITHM = "AES/GCM/NoPadding";

    static final int NONCE_BYTES = 12;

    /// What is longer is large: it is left to [NativeCrypto] where that is there, and else comes in pieces.
    private static final int MAX_SMALL_BYTES = 8 << 10;

    /// The JVM uses the processor's AES instructions for GCM once it has compiled the method around them, and it counts
    /// calls, not bytes: in calls of 1 MiB the first 512 MiB take 12 s, in calls of 2 KiB 0.5 s.
    private static final int PIECE_BYTES = 2 << 10;

    private final String object;
    private final SecretKeySpec key;
    private final Cipher cipher;
    private Optional<Cipher> nativeCipher; // null until a large message comes
    private long leastUnusedCounter;

    private ObjectCipher(String object, SecretKeySpec key) {
        this.object = object;
        this.key = key;
        try {
            this.cipher = Cipher.getInstance(ALGORITHM);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks AES-GCM, which every one must have", e);
        }
    }

    /// The cipher of the object `name` among all that serve `purpose`, see [MasterKey#derive].
    public static ObjectCipher of(MasterKey masterKey, String purpose, String name) {
        return ofKey(purpose + " '" + name + "'", masterKey.derive(purpose, name));
    }

    /// The cipher for a key as it is, which is wiped.
    static ObjectCipher ofKey(String object, byte[] key) {
        var spec = new SecretKeySpec(key, "AES");
        Arrays.fill(key, (byte) 0);
        return new ObjectCipher(object, spec);
    }

    /// As on a machine that the native library does not run on: for tests.
    ObjectCipher withoutLibrary() {
        nativeCipher = Optional.empty();
        return this;
    }

    /// How long `plainLength` bytes are when they are sealed.
    public static int sealedLength(int plainLength) {
        return Math.addExact(plainLength, TAG_BYTES);
    }

    /// Seals `plain[offset, offset + length)`, which may be empty, into `out` from `outOffset` on. `out` may be
    /// `plain` where both offsets are the same.
    ///
    /// @param counter at least 0 and higher than each that this instance has sealed with
    /// @param aad associated data, the same as for opening; may be empty
    /// @return how many bytes were written: [#sealedLength]
    /// @throws IllegalArgumentException if `counter` is not higher; nothing is written then
    /// @throws IndexOutOfBoundsException if a range does not lie inside its array
    public int seal(long counter, byte[] aad, byte[] plain, int offset, int length, byte[] out, int outOffset) {
        Objects.checkFromIndexSize(offset, length, plain.length);
        Objects.checkFromIndexSize(outOffset, sealedLength(length), out.length);
        if (counter < leastUnusedCounter || counter == Long.MAX_VALUE) {
            throw new IllegalArgumentException("%s: a message cannot be sealed with counter %d, the next free one is %d"
                    .formatted(object, counter, leastUnusedCounter));
        }
        leastUnusedCounter = counter + 1; // before the cipher runs: what fails half-way may have let bytes out
        try {
            var whole = wholeCipher(length);
            if (whole.isPresent()) {
                init(whole.get(), Cipher.ENCRYPT_MODE, counter, aad);
                return whole.get().doFinal(plain, offset, length, out, outOffset);
            }
            return sealByPieces(counter, aad, plain, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("%s: message %d cannot be sealed".formatted(object, counter), e);
        }
    }

    private int sealByPieces(long counter, byte[] aad, byte[] plain, int offset, int length, byte[] out, int outOffset)
            throws GeneralSecurityException {
        init(cipher, Cipher.ENCRYPT_MODE, counter, aad);
        int done = 0;
        for (; length - done > PIECE_BYTES; done += PIECE_BYTES) {
            cipher.update(plain, offset + done, PIECE_BYTES, out, outOffset + done);
        }
        return done + cipher.doFinal(plain, offset + done, length - done, out, outOffset + done);
    }

    /// Opens `sealed[offset, offset + length)` into `out` from `outOffset` on. `out` may be `sealed`.
    ///
    /// @param counter the one that it was sealed with
    /// @param aad the associated data that it was sealed with
    /// @return how many bytes were written: `length` less [#TAG_BYTES]
    /// @throws AuthenticationException if these are not the bytes that were sealed for this object, counter and
    ///         associated data; what `out` then holds in the range is not to be used
    /// @throws IllegalArgumentException if `counter` is negative
    /// @throws IndexOutOfBoundsException if a range does not lie inside its array
    public int open(long counter, byte[] aad, byte[] sealed, int offset, int length, byte[] out, int outOffset)
            throws AuthenticationException {
        Objects.checkFromIndexSize(offset, length, sealed.length);
        if (counter < 0) {
            throw new IllegalArgumentException("%s: no message has the counter %d".formatted(object, counter));
        }
        if (length < TAG_BYTES) {
            throw new AuthenticationException(object, counter, length, null);
        }
        Objects.checkFromIndexSize(outOffset, length - TAG_BYTES, out.length);
        try {
            var whole = wholeCipher(length);
            if (whole.isPresent()) {
                init(whole.get(), Cipher.DECRYPT_MODE, counter, aad);
                return whole.get().doFinal(sealed, offset, length, out, outOffset);
            }
            return openByPieces(counter, aad, sealed, offset, length, out, outOffset);
        } catch (AEADBadTagException e) {
            throw new AuthenticationException(object, counter, length, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("%s: message %d cannot be opened".formatted(object, counter), e);
        }
    }

    /// The JDK opens a message as a whole, and does so by interpreted code until it has opened thousands: some 30 ms for a
    /// MiB. Its counter mode and its sealing take pieces and are fast from the start. So a large message is decrypted as
    /// GCM is defined, by counter mode from block 2 on, then sealed once more to see whether the same tag comes out.
    private int openByPieces(long counter, byte[] aad, byte[] sealed, int offset, int length, byte[] out, int outOffset)
            throws GeneralSecurityException {
        int plainLength = length - TAG_BYTES;
        var tag = Arrays.copyOfRange(sealed, offset + plainLength, offset + length); // `out` may be `sealed`
        var decrypting = Cipher.getInstance("AES/CTR/NoPadding");
        var block = ByteBuffer.allocate(16).put(nonce(counter)).putInt(2).array();
        decrypting.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(block));
        var proving = Cipher.getInstance(ALGORITHM);
        init(proving, Cipher.ENCRYPT_MODE, counter, aad);
        var again = new byte[PIECE_BYTES + TAG_BYTES];
        for (int done = 0; done < plainLength; done += PIECE_BYTES) {
            int piece = Math.min(PIECE_BYTES, plainLength - done);
            decrypting.update(sealed, offset + done, piece, out, outOffset + done);
            proving.update(out, outOffset + done, piece, again, 0);
        }
        int last = proving.doFinal(again, 0);
        if (!MessageDigest.isEqual(tag, Arrays.copyOfRange(again, last - TAG_BYTES, last))) {
            Arrays.fill(out, outOffset, outOffset + plainLength, (byte) 0);
            throw new AEADBadTagException("the tag is another one");
        }
        return plainLength;
    }

    /// What takes a message of `length` bytes at once, if anything does so fast.
    private Optional<Cipher> wholeCipher(int length) {
        if (length <= MAX_SMALL_BYTES) {
            return Optional.of(cipher);
        }
        if (nativeCipher == null) {
            nativeCipher = NativeCrypto.aesGcm();
        }
        return nativeCipher;
    }

    private void init(Cipher cipher, int mode, long counter, byte[] aad) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce(counter)));
        cipher.updateAAD(aad);
    }

    private static byte[] nonce(long counter) {
        return ByteBuffer.allocate(NONCE_BYTES).putLong(4, counter).array();
    }
}
