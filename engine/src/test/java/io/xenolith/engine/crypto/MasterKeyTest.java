package io.xenolith.engine.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class MasterKeyTest {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void hkdfGivesWhatRfc5869Says() {
        requireHkdf("0b".repeat(22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
        requireHkdf(ascending(0x00, 80), ascending(0x60, 80), ascending(0xb0, 80),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                        + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
        requireHkdf("0b".repeat(22), "", "",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    }

    private static void requireHkdf(String key, String salt, String info, String expected) {
        byte[] derived = Hkdf.derive(HEX.parseHex(key), HEX.parseHex(salt), HEX.parseHex(info), expected.length() / 2);
        assertEquals(expected, HEX.formatHex(derived));
    }

    private static String ascending(int first, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (first + i);
        }
        return HEX.formatHex(bytes);
    }

    @Test
    void derivedKeysAreThoseOfAnotherImplementation() {
        // the documented lines of Python, for the master key 00 01 02 ... 1f
        try (var key = MasterKey.of(HEX.parseHex(ascending(0, 32)))) {
            assertEquals("add72734d5514626d93f125943259f743ccc29326deae7f2ab3ab88244b2b22b",
                    HEX.formatHex(key.derive("pack", "0001")));
            assertEquals("3f80a040a74042f0519053fd864cf9ea41e23167456f8131b56ff2710a3efd85",
                    HEX.formatHex(key.derive("xenolith chunk id", "")));
            assertEquals("fbbfaa024938da501a25953768340bd996cf20547630d63eef9575bd47677cdd",
                    HEX.formatHex(key.derive("pack", "größe")));
        }
    }

    @Test
    void eachPurposeAndNameHasItsOwnKey() {
        var keys = new HashSet<String>();
        try (var key = MasterKey.random(new SecureRandom())) {
            for (var pair : new String[][] {{"a", "b"}, {"ab", ""}, {"", "ab"}, {"a", "b\0"}, {"a", "\0b"}, {"b", "a"}}) {
                assertTrue(keys.add(HEX.formatHex(key.derive(pair[0], pair[1]))), Arrays.toString(pair));
                assertArrayEquals(key.derive(pair[0], pair[1]), key.derive(pair[0], pair[1]));
            }
        }
    }

    @Test
    void whatTwoDifferentPairsCouldShareIsRefused() {
        try (var key = MasterKey.random(new SecureRandom())) {
            assertThrows(IllegalArgumentException.class, () -> key.derive("a\0b", "c"));
            assertThrows(IllegalArgumentException.class, () -> key.derive("a", "\ud800"));
            assertThrows(IllegalArgumentException.class, () -> key.derive("\udc00", "a"));
        }
    }

    @Test
    void aDestroyedKeyDerivesNothing() {
        var key = MasterKey.random(new SecureRandom());
        assertFalse(key.isDestroyed());
        key.destroy();
        assertTrue(key.isDestroyed());
        assertThrows(IllegalStateException.class, () -> key.derive("pack", "0001"));
    }

    @Test
    void aKeyIsACopyOfItsBytesAndOfNoOtherLength() {
        byte[] secret = new byte[MasterKey.BYTES];
        try (var key = MasterKey.of(secret)) {
            byte[] before = key.derive("pack", "0001");
            Arrays.fill(secret, (byte) 1);
            assertArrayEquals(before, key.derive("pack", "0001"));
        }
        assertThrows(IllegalArgumentException.class, () -> MasterKey.of(new byte[31]));
    }
}
