package io.xenolith.engine.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class ChunkIdentityTest {

    private static final byte[] TEXT = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);

    /// FIPS 180-2, appendix B.1, and RFC 4231, test case 2.
    @Test
    void idsAreThoseOfTheStandards() {
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                ChunkIdentity.plain().newHasher().id("abc".getBytes(StandardCharsets.US_ASCII)).toString());
        assertEquals("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                ChunkIdentity.keyed("Jefe".getBytes(StandardCharsets.US_ASCII)).newHasher().id(TEXT).toString());
    }

    /// One comes from a native library where that is there, the other from the JDK.
    @Test
    void aHasherNamesBytesAsTheShortWayDoes(Seed seed) {
        var random = seed.random();
        var key = new byte[32];
        random.nextBytes(key);
        for (var identity : new ChunkIdentity[] {ChunkIdentity.plain(), ChunkIdentity.keyed(key)}) {
            var hasher = identity.newHasher();
            for (int i = 0; i < 200; i++) {
                var bytes = new byte[random.nextInt(i < 100 ? 200 : 100_000)];
                random.nextBytes(bytes);
                int from = random.nextInt(bytes.length + 1);
                assertEquals(identity.ofFew(Arrays.copyOfRange(bytes, from, bytes.length)),
                        hasher.id(bytes, from, bytes.length - from));
            }
        }
    }
}
