package io.xenolith.engine.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Optional;
import javax.crypto.Cipher;

/// The ciphers of a native library, which are fast from their first byte on, where the JDK's are once the JVM has compiled
/// them. Loading it takes a few tenths of a second, so only large messages ask for it. Safe for use by several threads.
final class NativeCrypto {

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

    /// A new cipher; none, if the library does not run on this machine.
    static Optional<Cipher> cipher(String algorithm) throws GeneralSecurityException {
        return Library.PROVIDER.isPresent()
                ? Optional.of(Cipher.getInstance(algorithm, Library.PROVIDER.get()))
                : Optional.empty();
    }
}
