package io.xenolith.engine.crypto;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;

/// What it costs to try one password: the parameters of Argon2id, version 1.3 (RFC 9106). The bounds keep a forged key slot
/// from taking all memory or hours of time.
///
/// The default is the first of OWASP's equally strong minimums, 46 MiB in one pass, because more memory hurts the guesser
/// most. It takes 0.2 to 0.35 s in a JVM that has just started, as does 19 MiB in two passes; 64 MiB takes 0.3 to 0.4 s in
/// one pass, 0.47 in two and 0.63 in three, and lanes save nothing, since they are computed one after the other.
///
/// @param memoryKiB 8 for each lane, to 1048576 (1 GiB)
/// @param iterations passes over the memory, 1 to 64
/// @param parallelism lanes, 1 to 16
public record Argon2Parameters(int memoryKiB, int iterations, int parallelism) {

    public static final int MAX_MEMORY_KIB = 1 << 20;
    public static final int MAX_ITERATIONS = 64;
    public static final int MAX_PARALLELISM = 16;

    public static final Argon2Parameters DEFAULT = new Argon2Parameters(46 << 10, 1, 1);

    private static final int KEY_BYTES = 32;

    /// @throws IllegalArgumentException if one is out of bounds
    public Argon2Parameters {
        requireWithin("parallelism", parallelism, 1, MAX_PARALLELISM);
        requireWithin("iterations", iterations, 1, MAX_ITERATIONS);
        requireWithin("memory in KiB", memoryKiB, 8 * parallelism, MAX_MEMORY_KIB);
    }

    private static void requireWithin(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("Argon2id %s is %d, allowed are %d to %d".formatted(what, value, least, most));
        }
    }

    /// The 32-byte key for a password; the caller wipes both.
    byte[] derive(byte[] password, byte[] salt) {
        return derive(password, salt, new byte[0], new byte[0]);
    }

    /// The general form, with the secret and associated data that RFC 9106 knows and key slots do not use.
    byte[] derive(byte[] password, byte[] salt, byte[] secret, byte[] associated) {
        var parameters = new org.bouncycastle.crypto.params.Argon2Parameters.Builder(
                        org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id)
                .withVersion(org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKiB)
                .withIterations(iterations)
                .withParallelism(parallelism)
                .withSalt(salt)
                .withSecret(secret)
                .withAdditional(associated)
                .build();
        var generator = new Argon2BytesGenerator();
        generator.init(parameters);
        byte[] key = new byte[KEY_BYTES];
        generator.generateBytes(password, key);
        return key;
    }
}
