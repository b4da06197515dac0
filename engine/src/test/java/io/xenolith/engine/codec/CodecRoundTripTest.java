package io.xenolith.engine.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecRoundTripTest {

    private final long seed = Long.getLong("xenolith.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String repeat = "repeat with -Dxenolith.seed=" + seed;

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4", "zstd:1", "zstd:3"})
    void dataOfEverySmallLengthComesBack(String compression) throws CorruptFrameException {
        try (var compressor = new Compressor(Compression.parse(compression)); var decompressor = new Decompressor()) {
            for (int length = 0; length <= 5000; length++) {
                for (var data : Data.values()) {
                    requireRoundTrip(compressor, decompressor, data, length);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4", "zstd:1", "zstd:3", "zstd:9"})
    void dataOfAFramesLengthComesBack(String compression) throws CorruptFrameException {
        try (var compressor = new Compressor(Compression.parse(compression)); var decompressor = new Decompressor()) {
            for (int length : new int[] {(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5, (1 << 20) + (256 << 10)}) {
                for (var data : Data.values()) {
                    requireRoundTrip(compressor, decompressor, data, length);
                }
            }
        }
    }

    private void requireRoundTrip(Compressor compressor, Decompressor decompressor, Data data, int length)
            throws CorruptFrameException {
        // given data anywhere in an array
        int offset = random.nextInt(4);
        byte[] src = new byte[offset + length + random.nextInt(4)];
        random.nextBytes(src);
        byte[] plain = data.bytes(random, length);
        System.arraycopy(plain, 0, src, offset, length);
        // when it is compressed and decompressed anywhere into another
        var compressed = compressor.compress(src, offset, length);
        byte[] dst = new byte[length + 8];
        decompressor.decompress(
                compressed.codec(), compressed.bytes(), compressed.offset(), compressed.length(), dst, 4, length);
        // then it is back, nothing around it is touched, and it did not grow
        assertArrayEquals(plain, Arrays.copyOfRange(dst, 4, 4 + length), () -> data + " " + length + ", " + repeat);
        assertEquals(0, dst[0] | dst[1] | dst[2] | dst[3] | dst[length + 4] | dst[length + 5] | dst[length + 6] | dst[length + 7]);
        assertTrue(compressed.length() <= length, () -> data + " " + length + ", " + repeat);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4", "zstd:3"})
    void whatDoesNotShrinkIsStoredAsItIsAndNotCopied(String compression) {
        byte[] noise = Data.NOISE.bytes(random, 100_000);
        try (var compressor = new Compressor(Compression.parse(compression))) {
            var compressed = compressor.compress(noise, 7, 99_000);
            assertEquals(Codec.STORED, compressed.codec());
            assertSame(noise, compressed.bytes());
            assertEquals(7, compressed.offset());
            assertEquals(99_000, compressed.length());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4", "zstd:3"})
    void aSavingOfLessThanAThirtySecondIsNotWorthIt(String compression) {
        // given noise, of which 1 % is zeros, and the same with 10 %
        byte[] one = Data.NOISE.bytes(random, 100_000);
        Arrays.fill(one, 0, 1_000, (byte) 0);
        byte[] ten = one.clone();
        Arrays.fill(ten, 0, 10_000, (byte) 0);
        try (var compressor = new Compressor(Compression.parse(compression))) {
            assertEquals(Codec.STORED, compressor.compress(one, 0, one.length).codec());
            assertEquals(Compression.parse(compression).codec(), compressor.compress(ten, 0, ten.length).codec());
        }
    }

    @Test
    void anyZstdDecoderReadsWhatIsStored() throws IOException {
        byte[] text = Data.TEXT.bytes(random, 1 << 20);
        try (var compressor = new Compressor(Compression.DEFAULT)) {
            var compressed = compressor.compress(text, 0, text.length);
            assertEquals(Codec.ZSTD, compressed.codec());
            var stored = new ByteArrayInputStream(compressed.bytes(), compressed.offset(), compressed.length());
            try (var decoder = new ZstdInputStream(stored)) {
                assertArrayEquals(text, decoder.readAllBytes());
            }
        }
    }

    @Test
    void rangesOutsideTheArraysAreRefused() {
        try (var compressor = new Compressor(Compression.DEFAULT); var decompressor = new Decompressor()) {
            byte[] ten = new byte[10];
            assertThrows(IndexOutOfBoundsException.class, () -> compressor.compress(ten, 5, 6));
            assertThrows(IndexOutOfBoundsException.class, () -> compressor.compress(ten, -1, 6));
            for (var codec : Codec.values()) {
                assertThrows(IndexOutOfBoundsException.class, () -> decompressor.decompress(codec, ten, 5, 6, ten, 0, 6));
                assertThrows(IndexOutOfBoundsException.class, () -> decompressor.decompress(codec, ten, 0, 6, ten, 5, 6));
            }
        }
    }

    @Test
    void aClosedDecompressorSaysSo() {
        var decompressor = new Decompressor();
        decompressor.close();
        assertThrows(IllegalStateException.class,
                () -> decompressor.decompress(Codec.ZSTD, new byte[9], 0, 9, new byte[9], 0, 9));
    }
}
