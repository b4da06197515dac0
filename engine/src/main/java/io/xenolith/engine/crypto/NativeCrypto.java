package io.xenolith.engine.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;

/// Digests and ciphers of a native library. They are fast from their first byte on, where the JDK's are once the JVM's
/// optimising compiler has got to them. Loading it takes a few tenths of a second, so only bulk data should ask for it.
/// Safe for use by several threads.
public final class NativeCrypto {

    private NativeCrypto() {
    }

    /// Loaded on first use.
    private static final class Library {
        private static final Optional<Provider> PROVIDER = load();

        private static Optional<Provider> load() {
            var provider = AmazonCorrettoCryptoProvider.INSTANCE;
            return provider.getLoadingError() == null ? Optional.of(provider) : Optional.empty();
        }
    }

    /// Loads the library, for a caller who waits for something else anyway.
    public static void prepare() {
        sha256(); // which also has the library test itself
    }

    /// A new SHA-256; the JDK's, if the library does not run on this machine.
    public static MessageDigest sha256() {
        try {
            var algorithm = "SHA-256";
            return Library.PROVIDER.isPresent() ? MessageDigest.getInstance(algorithm, Library.PROVIDER.get())
                    : MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    /// A new HMAC-SHA-256 without a key; the JDK's, if the library does not run on this machine.
    public static Mac hmacSha256() {
        try {
            var algorithm = "HmacSHA256";
            return Library.PROVIDER.isPresent() ? Mac.getInstance(algorithm, Library.PROVIDER.get()) : Mac.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks HMAC-SHA-256", e);
        }
    }

    /// A new AES-GCM cipher that takes messages of any length at once; none, if the library does not run on this machine.
    static Optional<Cipher> aesGcm() {
        try {
            return Library.PROVIDER.isPresent()
                    ? Optional.of(Cipher.getInstance(ObjectCipher.ALGORITHM, Library.PROVIDER.get()))
                    : Optional.empty();
        } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
            throw new IllegalStateException("the native library lacks AES-GCM", e);
        }
    }
}
