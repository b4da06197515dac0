package io.xenolith.engine.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostileFrameTest {

    private static final int RAW_LENGTH = 4096;
    private static final int MARGIN = 64;
    private static final byte UNTOUCHED = 0x5a;

    private final long seed = Long.getLong("xenolith.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String repeat = "repeat with -Dxenolith.seed=" + seed;
    private final Decompressor decompressor = new Decompressor();

    @AfterEach
    void close() {
        decompressor.close();
    }

    @ParameterizedTest
    @EnumSource
    void aTruncatedFrameIsCorruptAtEveryLength(Codec codec) {
        byte[] frame = frame(codec);
        for (int length = 0; length < frame.length; length++) {
            byte[] truncated = Arrays.copyOf(frame, length);
            assertThrows(CorruptFrameException.class, () -> decompress(codec, truncated, RAW_LENGTH), repeat);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFrameOfAnotherLengthThanPromisedIsCorrupt(Codec codec) {
        byte[] frame = frame(codec);
        for (int rawLength : new int[] {0, 1, RAW_LENGTH / 2, RAW_LENGTH - 1, RAW_LENGTH + 1, 2 * RAW_LENGTH}) {
            var e = assertThrows(CorruptFrameException.class, () -> decompress(codec, frame, rawLength), repeat);
            assertTrue(e.getMessage().contains("expected " + rawLength + " plain bytes"), e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void damageGivesThePromisedLengthOrACorruptFrameAndNothingElse(Codec codec) throws CorruptFrameException {
        byte[] plain = Data.TEXT.bytes(random, RAW_LENGTH);
        byte[] frame = frame(codec, plain);
        for (int round = 0; round < 20_000; round++) {
            // given a frame with a few bytes changed, or nothing but noise
            byte[] damaged = round % 4 == 0 ? Data.NOISE.bytes(random, random.nextInt(200)) : frame.clone();
            for (int changes = random.nextInt(4); changes > 0 && damaged.length > 0; changes--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            // then it is read as something of the right length or refused; decompress() looks for bytes around it
            try {
                decompress(codec, damaged, RAW_LENGTH);
            } catch (CorruptFrameException expected) {
                // refused
            }
        }
        // and the decompressor is none the worse for it
        assertArrayEquals(plain, decompress(codec, frame, RAW_LENGTH), repeat);
    }

    @Test
    void aLengthClaimedByAFrameIsNotAllocated() {
        // given zstd frames that claim all the bytes there can be, as content size and as window
        for (var header : new String[] {"28b52ffde0ffffffffffffff7f010000", "28b52ffd00ff010000", "28b52ffdc0ffffffffffffffff7f010000"}) {
            byte[] frame = HexFormat.of().parseHex(header);
            assertThrows(CorruptFrameException.class, () -> decompress(Codec.ZSTD, frame, RAW_LENGTH), header);
        }
    }

    @Test
    void moreFramesThanOneMustStillGiveThePromisedLength() throws CorruptFrameException {
        // given two frames, one behind the other
        byte[] frame = frame(Codec.ZSTD);
        byte[] two = Arrays.copyOf(frame, 2 * frame.length);
        System.arraycopy(frame, 0, two, frame.length, frame.length);
        // then they are too much for the length of one
        assertThrows(CorruptFrameException.class, () -> decompress(Codec.ZSTD, two, RAW_LENGTH), repeat);
        assertEquals(2 * RAW_LENGTH, decompress(Codec.ZSTD, two, 2 * RAW_LENGTH).length);
    }

    private byte[] frame(Codec codec) {
        return frame(codec, Data.TEXT.bytes(random, RAW_LENGTH));
    }

    private static byte[] frame(Codec codec, byte[] plain) {
        var compression = switch (codec) {
            case STORED -> Compression.NONE;
            case ZSTD -> Compression.DEFAULT;
            case LZ4 -> Compression.LZ4;
        };
        try (var compressor = new Compressor(compression)) {
            var compressed = compressor.compress(plain, 0, plain.length);
            assertEquals(codec, compressed.codec());
            return Arrays.copyOfRange(compressed.bytes(), compressed.offset(), compressed.offset() + compressed.length());
        }
    }

    /// Decompresses into the middle of an array and fails if anything around is touched.
    private byte[] decompress(Codec codec, byte[] frame, int rawLength) throws CorruptFrameException {
        byte[] dst = new byte[MARGIN + rawLength + MARGIN];
        Arrays.fill(dst, UNTOUCHED);
        try {
            decompressor.decompress(codec, frame, 0, frame.length, dst, MARGIN, rawLength);
        } finally {
            for (int i = 0; i < MARGIN; i++) {
                assertEquals(UNTOUCHED, dst[i], repeat);
                assertEquals(UNTOUCHED, dst[MARGIN + rawLength + i], repeat);
            }
        }
        return Arrays.copyOfRange(dst, MARGIN, MARGIN + rawLength);
    }
}
