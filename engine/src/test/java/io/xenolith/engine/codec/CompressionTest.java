package io.xenolith.engine.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompressionTest {

    @Test
    void everyAllowedTextIsReadAndWrittenBack() {
        for (var text : List.of("none", "lz4", "zstd:1", "zstd:3", "zstd:19")) {
            assertEquals(text, Compression.parse(text).toString());
        }
    }

    @Test
    void zstdWithoutALevelIsLevelThreeWhichIsTheDefault() {
        assertEquals(new Compression(Codec.ZSTD, 3), Compression.parse("zstd"));
        assertEquals(Compression.DEFAULT, Compression.parse("zstd"));
    }

    @Test
    void anyOtherTextIsRefusedNamingWhatIsAllowed() {
        for (var text : List.of("", "zstd:0", "zstd:20", "zstd:", "zstd:-1", "zstd:99999999999", "lz4:1", "none:0", "ZSTD", "gzip")) {
            var e = assertThrows(IllegalArgumentException.class, () -> Compression.parse(text), text);
            assertTrue(e.getMessage().contains("allowed are none, lz4, zstd"), e.getMessage());
        }
    }

    @Test
    void codecsWithoutLevelsTakeNone() {
        assertThrows(IllegalArgumentException.class, () -> new Compression(Codec.LZ4, 1));
        assertThrows(IllegalArgumentException.class, () -> new Compression(Codec.STORED, 1));
    }

    @Test
    void theNumbersInStoredFormatsNeverChange() throws UnknownCodecException {
        assertEquals(List.of(0, 1, 2), List.of(Codec.STORED.number(), Codec.ZSTD.number(), Codec.LZ4.number()));
        for (var codec : Codec.values()) {
            assertEquals(codec, Codec.fromNumber(codec.number()));
        }
    }

    @Test
    void anUnknownNumberIsOfANewerVersion() {
        for (int number : new int[] {-1, 3, 255, Integer.MIN_VALUE}) {
            var e = assertThrows(UnknownCodecException.class, () -> Codec.fromNumber(number));
            assertEquals(number, e.number());
            assertTrue(e.getMessage().contains("newer version"), e.getMessage());
        }
    }
}
