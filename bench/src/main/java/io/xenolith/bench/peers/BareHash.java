package io.xenolith.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// `BareHash IMAGE` reads an image and computes SHA-256 of its data by 64 KiB, with all processors: the least that a backup does
/// which finds nothing new. Needs no library.
public final class BareHash {

    private static final int HASHED_BYTES = 64 << 10;

    private BareHash() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.out.println(BareImage.each(Path.of(arguments[0]), () -> {
            var digest = sha256();
            return (data, length) -> hash(digest, data, length);
        }));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    static void hash(MessageDigest digest, byte[] data, int length) {
        for (int at = 0; at < length; at += HASHED_BYTES) {
            digest.update(data, at, Math.min(HASHED_BYTES, length - at));
            digest.digest();
        }
    }
}
