package io.xenolith.engine.crypto;

import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.security.auth.Destroyable;

/// The secret that all keys of a repository come from: 32 random bytes, made once and never changed.
/// Safe for use by several threads until it is destroyed.
///
/// What [#derive] computes, in the terms of RFC 5869:
///
/// | input    | value                                                                                       |
/// |----------|---------------------------------------------------------------------------------------------|
/// | hash     | SHA-256                                                                                     |
/// | salt     | none, which is the same as 32 zero bytes                                                    |
/// | IKM      | the master key, 32 bytes                                                                    |
/// | info     | purpose in UTF-8, one zero byte, name in UTF-8; a purpose holds no zero byte, so that no two pairs give the same info |
/// | L        | 32 bytes                                                                                    |
///
/// In Python, `hmac` and `hashlib` being imported:
/// ```text
///   prk = hmac.digest(bytes(32), master_key, "sha256")
///   key = hmac.digest(prk, purpose.encode() + b"\0" + name.encode() + b"\1", "sha256")
/// ```
public final class MasterKey implements Destroyable, AutoCloseable {

    public static final int BYTES = 32;

    private final byte[] secret;
    private byte[] extracted; // null until the first key is derived
    private boolean destroyed;

    private MasterKey(byte[] secret) {
        this.secret = secret;
    }

    /// A new master key, unlike any other.
    public static MasterKey random(SecureRandom random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new MasterKey(secret);
    }

    /// The master key that consists of `secret`, which is copied; the caller wipes its own.
    ///
    /// @throws IllegalArgumentException if `secret` is not [#BYTES] long
    public static MasterKey of(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("a master key has %d bytes, not %d".formatted(BYTES, secret.length));
        }
        return new MasterKey(secret.clone());
    }

    /// The 32-byte key for `name` among all that serve `purpose`. The caller wipes it.
    ///
    /// @param purpose a constant of the format, without zero characters
    /// @param name which of them; empty where there is one only
    /// @throws IllegalArgumentException if `purpose` holds a zero character, or either holds half a surrogate pair
    /// @throws IllegalStateException once the key is destroyed
    public byte[] derive(String purpose, String name) {
        byte[] info = info(purpose, name);
        byte[] key = pseudoRandomKey();
        try {
            return Hkdf.expand(key, info, 32);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /// A copy of what HKDF extracts from the secret, the same for all keys; the caller wipes it.
    private synchronized byte[] pseudoRandomKey() {
        byte[] key = secret();
        if (extracted == null) {
            extracted = Hkdf.extract(key, new byte[0]);
        }
        Arrays.fill(key, (byte) 0);
        return extracted.clone();
    }

    private static byte[] info(String purpose, String name) {
        if (purpose.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a key's purpose holds no zero character: " + purpose.replace('\0', '?'));
        }
        var info = new ByteArrayOutputStream();
        info.writeBytes(StrictUtf8.encode(purpose, "a key's purpose"));
        info.write(0);
        info.writeBytes(StrictUtf8.encode(name, "the name of a key"));
        return info.toByteArray();
    }

    /// A copy of the secret, for deriving and wrapping; the caller wipes it.
    synchronized byte[] secret() {
        if (destroyed) {
            throw new IllegalStateException("the master key is destroyed, the repository was closed");
        }
        return secret.clone();
    }

    /// Wipes the secret. Keys that were derived before stay usable.
    @Override
    public synchronized void destroy() {
        Arrays.fill(secret, (byte) 0);
        if (extracted != null) {
            Arrays.fill(extracted, (byte) 0);
        }
        destroyed = true;
    }

    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    /// The same as [#destroy()].
    @Override
    public void close() {
        destroy();
    }

    /// Tells nothing of the secret.
    @Override
    public String toString() {
        return "MasterKey";
    }
}
