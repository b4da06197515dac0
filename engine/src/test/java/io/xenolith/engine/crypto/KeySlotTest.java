package io.xenolith.engine.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeySlotTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final Argon2Parameters QUICK = new Argon2Parameters(8, 1, 1);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000000006Z");
    private static final char[] PASSWORD = "correct horse".toCharArray();

    /// Made with Python's cryptography package: master key 00 01 .. 1f, password `pässword`, 256 KiB in 2 passes and 2 lanes.
    private static final String VERSION_1 =
            "58454e4f4b4559310123456789abcdef000000006955b900075bcd150000010000000002000000022021222324252627"
                    + "28292a2b2005404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f42c3bc726fec6fd6ae11"
                    + "f568463e9a725033591beca8045f445a145996d340e63ae30708dd7c576f546335b9b8227224747f4e844f22c1ce0b83"
                    + "979d936aa2d1539b03ada7ac62e54ec6471f9aeebfcd0c20cd5a79";

    private final SecureRandom random = new SecureRandom();
    private final MasterKey masterKey = MasterKey.random(random);

    @Test
    void argon2idGivesWhatRfc9106Says() {
        byte[] key = new Argon2Parameters(32, 3, 4)
                .derive(filled(32, 1), filled(16, 2), filled(8, 3), filled(12, 4));
        assertEquals("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", HEX.formatHex(key));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void aSlotOfAnotherImplementationOpens() throws Exception {
        var slot = KeySlot.decode(HEX.parseHex(VERSION_1));
        assertEquals("0123456789abcdef", slot.id());
        assertEquals("Büro", slot.label());
        assertEquals(Instant.parse("2026-01-01T00:00:00.123456789Z"), slot.created());
        assertEquals(new Argon2Parameters(256, 2, 2), slot.argon2());
        assertEquals("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                HEX.formatHex(slot.open("pässword".toCharArray()).secret()));
        assertEquals(VERSION_1, HEX.formatHex(slot.encode()));
    }

    @Test
    void aSlotComesBackFromItsBytesAndOpens() throws Exception {
        for (var label : new String[] {"", "Büro", "x".repeat(255)}) {
            var slot = slot(label);
            var decoded = KeySlot.decode(slot.encode());
            assertEquals(slot, decoded);
            assertEquals(label, decoded.label());
            assertEquals(NOW, decoded.created());
            assertEquals(QUICK, decoded.argon2());
            assertArrayEquals(masterKey.secret(), decoded.open(PASSWORD).secret());
        }
    }

    @Test
    void twoSlotsOfOnePasswordHaveNothingInCommon() {
        var one = slot("");
        var other = slot("");
        assertNotEquals(one, other);
        assertNotEquals(one.id(), other.id());
        byte[] a = one.encode();
        byte[] b = other.encode();
        assertFalse(Arrays.equals(a, 40, 52, b, 40, 52), "nonce");
        assertFalse(Arrays.equals(a, 54, 70, b, 54, 70), "salt");
        assertFalse(Arrays.equals(a, 70, 118, b, 70, 118), "wrapped key");
    }

    @Test
    void anotherPasswordIsToldAsWrong() {
        var slot = slot("Büro");
        for (var password : new String[] {"correct hors", "correct horse ", "Correct horse", "correct horse\0"}) {
            var e = assertThrows(WrongPasswordException.class, () -> slot.open(password.toCharArray()));
            assertTrue(e.getMessage().contains(slot.id()) && e.getMessage().contains("Büro"), e.getMessage());
        }
    }

    @Test
    void aPasswordIsTheSameComposedOrDecomposed() throws Exception {
        var slot = KeySlot.create(masterKey, "Schl\u00fcssel\u1e69".toCharArray(), QUICK, "", NOW, random);
        assertArrayEquals(masterKey.secret(), slot.open("Schlu\u0308ssels\u0307\u0323".toCharArray()).secret());
        assertThrows(WrongPasswordException.class, () -> slot.open("Schlussels".toCharArray()));
    }

    @Test
    void thePasswordStaysTheCallers() throws Exception {
        char[] password = PASSWORD.clone();
        KeySlot.create(masterKey, password, QUICK, "", NOW, random).open(password);
        assertArrayEquals(PASSWORD, password);
    }

    @Test
    void noPasswordAndBrokenTextAreRefused() {
        for (var password : new String[] {"", "\ud800", "a\udc00b"}) {
            assertThrows(IllegalArgumentException.class,
                    () -> KeySlot.create(masterKey, password.toCharArray(), QUICK, "", NOW, random));
            assertThrows(IllegalArgumentException.class, () -> slot("").open(password.toCharArray()));
        }
    }

    @Test
    void labelsThatCannotBeStoredOrShownAreRefused() {
        for (var label : new String[] {"x".repeat(256), "ü".repeat(128), "a\u001b[2J", "two\nlines", "\ud800"}) {
            assertThrows(IllegalArgumentException.class, () -> slot(label));
        }
    }

    @Test
    void everyFlippedBitOfASlotIsToldAsDamage() {
        byte[] encoded = slot("Büro").encode();
        for (int bit = 0; bit < encoded.length * 8; bit++) {
            byte[] damaged = encoded.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(CorruptKeySlotException.class, () -> KeySlot.decode(damaged), "bit " + bit);
        }
    }

    @Test
    void aTruncatedOrExtendedSlotIsToldAsDamageAtEveryLength() {
        byte[] encoded = slot("Büro").encode();
        for (int length = 0; length < encoded.length + 50; length++) {
            if (length != encoded.length) {
                byte[] damaged = Arrays.copyOf(encoded, length);
                assertThrows(CorruptKeySlotException.class, () -> KeySlot.decode(damaged), "length " + length);
            }
        }
    }

    @Test
    void noBitCanBeChangedOnPurposeEither() throws Exception {
        byte[] encoded = slot("Büro").encode();
        for (int bit = 0; bit < (encoded.length - 32) * 8; bit++) {
            // given a slot with one bit changed, by somebody who knows how to make the checksum fit
            byte[] forged = encoded.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            fitChecksum(forged);
            // then it is not accepted, or no password opens it
            try {
                var slot = KeySlot.decode(forged);
                if (slot.argon2().memoryKiB() <= 64 << 10) { // more only takes longer to fail
                    assertThrows(WrongPasswordException.class, () -> slot.open(PASSWORD), "bit " + bit);
                }
            } catch (UnacceptableKeySlotException | CorruptKeySlotException expected) {
                // not accepted
            }
        }
    }

    @Test
    void parametersBeyondTheBoundsAreNotTriedOut() throws Exception {
        requireUnacceptable(28, (1 << 20) + 1, "memory in KiB");
        requireUnacceptable(28, -1, "memory in KiB");
        requireUnacceptable(28, 7, "memory in KiB");
        requireUnacceptable(32, 65, "iterations");
        requireUnacceptable(32, 0, "iterations");
        requireUnacceptable(36, 17, "parallelism");
        requireUnacceptable(36, 0, "parallelism");
        requireUnacceptable(36, Integer.MAX_VALUE, "parallelism");
        requireUnacceptable(24, 1_000_000_000, "nanosecond");
        requireUnacceptable(16, -1, "second");
    }

    private void requireUnacceptable(int offset, int value, String what) throws NoSuchAlgorithmException {
        byte[] forged = slot("").encode();
        ByteBuffer.wrap(forged).putInt(offset, value);
        fitChecksum(forged);
        var e = assertThrows(UnacceptableKeySlotException.class, () -> KeySlot.decode(forged));
        assertTrue(e.getMessage().contains(what), e.getMessage());
    }

    @Test
    void lengthsThatDoNotFitAreNotBelieved() throws Exception {
        for (int offset : new int[] {52, 53}) {
            for (int value = 0; value < 256; value++) {
                byte[] forged = slot("Büro").encode();
                if ((forged[offset] & 0xff) != value) {
                    forged[offset] = (byte) value;
                    fitChecksum(forged);
                    assertThrows(UnacceptableKeySlotException.class, () -> KeySlot.decode(forged));
                }
            }
        }
        // nor a salt that is too short, though all lengths fit together
        byte[] shortSalt = slot("Büro").encode();
        shortSalt[52] -= 1;
        shortSalt[53] += 1;
        fitChecksum(shortSalt);
        assertThrows(UnacceptableKeySlotException.class, () -> KeySlot.decode(shortSalt));
    }

    @Test
    void aNewerVersionIsToldAsSuchWhateverItHolds() throws Exception {
        for (int length : new int[] {40, 60, 5000}) {
            byte[] newer = Arrays.copyOf("XENOKEY2".getBytes(StandardCharsets.US_ASCII), length);
            fitChecksum(newer);
            var e = assertThrows(UnacceptableKeySlotException.class, () -> KeySlot.decode(newer));
            assertTrue(e.getMessage().contains("version '2'"), e.getMessage());
        }
    }

    @Test
    void theDefaultCostFollowsOwasp() {
        assertEquals(new Argon2Parameters(47104, 1, 1), Argon2Parameters.DEFAULT);
    }

    private static void fitChecksum(byte[] slot) throws NoSuchAlgorithmException {
        int end = slot.length - 32;
        byte[] checksum = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(slot, end));
        System.arraycopy(checksum, 0, slot, end, 32);
    }

    private KeySlot slot(String label) {
        return KeySlot.create(masterKey, PASSWORD, QUICK, label, NOW, random);
    }
}
