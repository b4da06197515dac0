package io.xenolith.engine.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// HKDF with SHA-256 (RFC 5869). Written out over the JDK's Mac, because `javax.crypto.KDF` costs each start of the
/// program 40 ms more, which `list` and its like would feel.
final class Hkdf {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int HASH_BYTES = 32;

    private Hkdf() {}

    /// @param salt empty for none
    /// @param length bytes to derive, 1 to 255 × 32
    static byte[] derive(byte[] key, byte[] salt, byte[] info, int length) {
        if (length < 1 || length > 255 * HASH_BYTES) {
            throw new IllegalArgumentException("HKDF-SHA-256 derives 1 to 8160 bytes, not " + length);
        }
        byte[] pseudoRandomKey = extract(key, salt);
        try {
            return expand(pseudoRandomKey, info, length);
        } finally {
            Arrays.fill(pseudoRandomKey, (byte) 0);
        }
    }

    /// @param salt empty for none
    static byte[] extract(byte[] key, byte[] salt) {
        return hmac(salt.length == 0 ? new byte[HASH_BYTES] : salt).doFinal(key);
    }

    /// @param length bytes to derive, 1 to 255 × 32
    static byte[] expand(byte[] pseudoRandomKey, byte[] info, int length) {
        var mac = hmac(pseudoRandomKey);
        byte[] derived = new byte[length];
        byte[] block = new byte[0];
        for (int done = 0, counter = 1; done < length; done += HASH_BYTES, counter++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) counter);
            Arrays.fill(block, (byte) 0);
            block = mac.doFinal();
            System.arraycopy(block, 0, derived, done, Math.min(HASH_BYTES, length - done));
        }
        Arrays.fill(block, (byte) 0);
        return derived;
    }

    private static Mac hmac(byte[] key) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks " + ALGORITHM + ", which every one must have", e);
        }
    }
}
