package io.xenolith.engine.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// All of it with the native library, and with the JDK alone.
@ParameterizedClass(name = "with the native library: {0}")
@ValueSource(booleans = {true, false})
class ObjectCipherTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] NO_AAD = {};

    private final long seed = Long.getLong("xenolith.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String repeat = "repeat with -Dxenolith.seed=" + seed;
    private final MasterKey masterKey = MasterKey.random(new SecureRandom());
    private final boolean withLibrary;

    ObjectCipherTest(boolean withLibrary) {
        this.withLibrary = withLibrary;
    }

    @Test
    void sealedMessagesAreThoseOfTheGcmSpecification() {
        // test cases 13 and 14 of "The Galois/Counter Mode of Operation", McGrew and Viega
        assertEquals("530f8afbc74536b9a963b4f1c4cb738b", seal(new byte[32], 0, NO_AAD, new byte[0]));
        assertEquals("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
                seal(new byte[32], 0, NO_AAD, new byte[16]));
    }

    @Test
    void counterAndAssociatedDataGoWhereAnotherImplementationPutsThem() {
        // AES-GCM of Python's cryptography package, nonce 00000000 0102030405060708
        byte[] key = new byte[32];
        for (int i = 0; i < 32; i++) {
            key[i] = (byte) i;
        }
        assertEquals("6571156fba8429f165bf9ccf7a0e4a9b79f5896d2c8f7fc623b8b9551fd390a1",
                seal(key, 0x0102030405060708L, ascii("where it belongs"), ascii("a page of a disk")));
    }

    private static String seal(byte[] key, long counter, byte[] aad, byte[] plain) {
        byte[] out = new byte[ObjectCipher.sealedLength(plain.length)];
        int length = ObjectCipher.ofKey("test", key).seal(counter, aad, plain, 0, plain.length, out, 0);
        assertEquals(out.length, length);
        return HEX.formatHex(out);
    }

    @Test
    void messagesOfAnyLengthComeBackWhereverTheyLie() throws AuthenticationException {
        var sealer = cipher("0001");
        var opener = cipher("0001");
        for (int counter = 0; counter < 300; counter++) {
            // given a message somewhere in an array
            int length = counter < 100 ? counter : random.nextInt(100_000);
            int offset = random.nextInt(20);
            byte[] plain = new byte[offset + length + 3];
            random.nextBytes(plain);
            byte[] aad = new byte[random.nextInt(50)];
            random.nextBytes(aad);
            // when it is sealed somewhere into another, and opened somewhere into a third
            byte[] sealed = new byte[length + 40];
            int sealedLength = sealer.seal(counter, aad, plain, offset, length, sealed, 5);
            byte[] opened = new byte[length + 40];
            int openedLength = opener.open(counter, aad, sealed, 5, sealedLength, opened, 9);
            // then it is back, and nothing around is touched
            assertEquals(length, openedLength, repeat);
            assertArrayEquals(Arrays.copyOfRange(plain, offset, offset + length), Arrays.copyOfRange(opened, 9, 9 + length), repeat);
            assertArrayEquals(new byte[9], Arrays.copyOf(opened, 9), repeat);
            assertArrayEquals(new byte[31], Arrays.copyOfRange(opened, 9 + length, opened.length), repeat);
            assertArrayEquals(new byte[5], Arrays.copyOf(sealed, 5), repeat);
            assertArrayEquals(new byte[19], Arrays.copyOfRange(sealed, 5 + sealedLength, sealed.length), repeat);
        }
    }

    @Test
    void aMessageCanBeSealedAndOpenedInPlace() throws AuthenticationException {
        byte[] plain = new byte[50_000];
        random.nextBytes(plain);
        byte[] bytes = Arrays.copyOf(plain, ObjectCipher.sealedLength(plain.length));
        int sealedLength = cipher("0001").seal(0, NO_AAD, bytes, 0, plain.length, bytes, 0);
        assertEquals(bytes.length, sealedLength);
        int length = cipher("0001").open(0, NO_AAD, bytes, 0, sealedLength, bytes, 0);
        assertArrayEquals(plain, Arrays.copyOf(bytes, length), repeat);
    }

    /// A repository may be written on one machine and read on another.
    @Test
    void whatIsSealedOneWayOpensTheOther() throws AuthenticationException {
        byte[] plain = new byte[100_000];
        random.nextBytes(plain);
        byte[] sealed = new byte[ObjectCipher.sealedLength(plain.length)];
        cipher("0001").seal(3, ascii("frame"), plain, 0, plain.length, sealed, 0);
        byte[] opened = new byte[plain.length];
        var other = ObjectCipher.of(masterKey, "pack", "0001");
        (withLibrary ? other.withoutLibrary() : other).open(3, ascii("frame"), sealed, 0, sealed.length, opened, 0);
        assertArrayEquals(plain, opened, repeat);
    }

    @Test
    void largeMessagesComeBack() throws AuthenticationException {
        var sealer = cipher("0001");
        var opener = cipher("0001");
        byte[] plain = new byte[1 << 20];
        byte[] sealed = new byte[ObjectCipher.sealedLength(plain.length)];
        byte[] opened = new byte[plain.length];
        for (int counter = 0; counter < 8; counter++) {
            random.nextBytes(plain);
            int sealedLength = sealer.seal(counter, NO_AAD, plain, 0, plain.length, sealed, 0);
            opener.open(counter, NO_AAD, sealed, 0, sealedLength, opened, 0);
            assertArrayEquals(plain, opened, repeat);
        }
    }

    /// Messages of both kinds: those that are opened as a whole, and those that are opened by pieces.
    @ParameterizedTest
    @ValueSource(ints = {100, 20_001})
    void everyFlippedBitOfAMessageIsDetected(int plainLength) {
        byte[] sealed = sealed(7, ascii("frame"), plainLength);
        var cipher = cipher("0001");
        int step = plainLength < 1000 ? 1 : 61; // every bit of a large message would take minutes
        for (int bit = 0; bit < sealed.length * 8; bit += step) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            requireRefused(cipher, 7, ascii("frame"), damaged);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 20_001})
    void aTruncatedOrExtendedMessageIsDetectedAtEveryLength(int plainLength) {
        byte[] sealed = sealed(7, NO_AAD, plainLength);
        var cipher = cipher("0001");
        for (int length = Math.max(0, plainLength - 300); length < sealed.length + 20; length++) {
            if (length != sealed.length) {
                requireRefused(cipher, 7, NO_AAD, Arrays.copyOf(sealed, length));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 20_001})
    void aMessageThatBelongsElsewhereIsDetected(int plainLength) throws AuthenticationException {
        byte[] sealed = sealed(7, ascii("frame"), plainLength);
        // given the right place, it opens
        assertEquals(plainLength,
                cipher("0001").open(7, ascii("frame"), sealed, 0, sealed.length, new byte[plainLength], 0));
        // but with another counter, meaning, object, purpose or repository it does not
        requireRefused(cipher("0001"), 8, ascii("frame"), sealed);
        requireRefused(cipher("0001"), 7 + (1L << 32), ascii("frame"), sealed);
        requireRefused(cipher("0001"), 7, ascii("table"), sealed);
        requireRefused(cipher("0001"), 7, NO_AAD, sealed);
        requireRefused(cipher("0002"), 7, ascii("frame"), sealed);
        requireRefused(choose(ObjectCipher.of(masterKey, "point", "0001")), 7, ascii("frame"), sealed);
        requireRefused(choose(ObjectCipher.of(MasterKey.random(new SecureRandom()), "pack", "0001")), 7, ascii("frame"), sealed);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 20_001})
    void aRefusalNamesTheObjectAndLetsNoPlainByteOut(int plainLength) {
        byte[] sealed = sealed(7, NO_AAD, plainLength);
        sealed[0] ^= 1;
        byte[] out = new byte[plainLength];
        var e = assertThrows(AuthenticationException.class, () -> cipher("0001").open(7, NO_AAD, sealed, 0, sealed.length, out, 0));
        assertTrue(e.getMessage().startsWith("pack '0001', message 7 of %d bytes".formatted(sealed.length)), e.getMessage());
        assertArrayEquals(new byte[plainLength], out);
    }

    private void requireRefused(ObjectCipher cipher, long counter, byte[] aad, byte[] sealed) {
        assertThrows(AuthenticationException.class,
                () -> cipher.open(counter, aad, sealed, 0, sealed.length, new byte[sealed.length], 0));
    }

    @Test
    void noCounterIsEverUsedTwice() {
        var cipher = cipher("0001");
        byte[] out = new byte[16];
        cipher.seal(5, NO_AAD, NO_AAD, 0, 0, out, 0);
        for (long counter : new long[] {5, 4, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> cipher.seal(counter, NO_AAD, NO_AAD, 0, 0, out, 0));
        }
        assertEquals(16, cipher.seal(6, NO_AAD, NO_AAD, 0, 0, out, 0));
    }

    @Test
    void aTargetThatIsTooSmallIsRefusedBeforeTheCounterIsSpent() {
        var cipher = cipher("0001");
        assertThrows(IndexOutOfBoundsException.class, () -> cipher.seal(0, NO_AAD, new byte[10], 0, 10, new byte[25], 0));
        assertEquals(26, cipher.seal(0, NO_AAD, new byte[10], 0, 10, new byte[26], 0));
        assertThrows(IndexOutOfBoundsException.class, () -> cipher.open(0, NO_AAD, new byte[26], 0, 26, new byte[9], 0));
    }

    private ObjectCipher cipher(String name) {
        return choose(ObjectCipher.of(masterKey, "pack", name));
    }

    private ObjectCipher choose(ObjectCipher cipher) {
        return withLibrary ? cipher : cipher.withoutLibrary();
    }

    private byte[] sealed(long counter, byte[] aad, int length) {
        byte[] plain = new byte[length];
        random.nextBytes(plain);
        byte[] sealed = new byte[ObjectCipher.sealedLength(length)];
        cipher("0001").seal(counter, aad, plain, 0, length, sealed, 0);
        return sealed;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
