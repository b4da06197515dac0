package io.xenolith.engine.chunk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class ChunkIdTest {

    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void anIdComesBackFromBytesFromABufferAndFromText(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 1000; i++) {
            var bytes = new byte[40];
            random.nextBytes(bytes);
            var id = ChunkId.of(bytes, 5);
            assertArrayEquals(Arrays.copyOfRange(bytes, 5, 37), id.toBytes());
            assertEquals(id, ChunkId.parse(id.toString()));
            assertEquals(id, ChunkId.parse(id.toString().toUpperCase(Locale.ROOT)));
            assertEquals(id, ChunkId.get(ByteBuffer.wrap(bytes, 5, 32)));
            var out = ByteBuffer.allocate(32);
            id.put(out);
            assertArrayEquals(id.toBytes(), out.array());
        }
    }

    @Test
    void idsCompareAsTheirBytesDo(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 5000; i++) {
            var a = new byte[32];
            random.nextBytes(a);
            var b = a.clone();
            b[random.nextInt(32)] = (byte) random.nextInt();
            assertEquals(Integer.signum(Arrays.compareUnsigned(a, b)),
                    Integer.signum(ChunkId.of(a, 0).compareTo(ChunkId.of(b, 0))), HexFormat.of().formatHex(a));
        }
    }

    @Test
    void onlySixtyFourHexadecimalDigitsAreAnId() {
        for (var wrong : List.of("", ABC.substring(1), ABC + "0", "x" + ABC.substring(1), " " + ABC.substring(1))) {
            assertThrows(IllegalArgumentException.class, () -> ChunkId.parse(wrong), wrong);
        }
    }

    @Test
    void onlyTheNullIdIsNull() {
        assertTrue(ChunkId.parse("0".repeat(64)).isNull());
        for (var almost : List.of(new ChunkId(1, 0, 0, 0), new ChunkId(0, 1, 0, 0), new ChunkId(0, 0, 1, 0), new ChunkId(0, 0, 0, 1))) {
            assertFalse(almost.isNull());
        }
    }

    @Test
    void aPlainIdIsTheSha256OfTheBytesAndAKeyedOneIsNot() {
        var abc = "xabcx".getBytes(StandardCharsets.US_ASCII);
        assertEquals(ABC, ChunkIdentity.plain().newHasher().id(abc, 1, 3).toString());
        var keyed = ChunkIdentity.keyed(new byte[32]).newHasher();
        assertNotEquals(ABC, keyed.id(abc, 1, 3).toString());
        assertEquals(keyed.id(abc, 1, 3), ChunkIdentity.keyed(new byte[32]).newHasher().id(abc, 1, 3));
    }

    @Test
    void aMeanIsAPowerOfTwoFromSixteenKibibytesToOneMebibyte() {
        for (int mean = Chunking.MIN_MEAN_BYTES; mean <= Chunking.MAX_MEAN_BYTES; mean *= 2) {
            assertEquals(4 * mean, new Chunking(mean).maxBytes());
        }
        for (int mean : new int[] {Integer.MIN_VALUE, -16384, 0, 1, 8192, 16383, 16385, 24576, 2 << 20, Integer.MAX_VALUE}) {
            var e = assertThrows(IllegalArgumentException.class, () -> new Chunking(mean));
            assertTrue(e.getMessage().contains(String.valueOf(mean)), e.getMessage());
        }
    }
}
