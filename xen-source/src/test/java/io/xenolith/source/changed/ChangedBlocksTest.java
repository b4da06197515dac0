package io.xenolith.source.changed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangedBlocksTest {
    private static final long BLOCK = 1 << 16;

    @Test
    void theMostSignificantBitIsTheFirstBlock() throws IOException {
        // 1000 0000, 0000 0001
        assertEquals(Extents.of(new Extent(0, BLOCK), new Extent(15 * BLOCK, BLOCK)), parse("gAE=", 16 * BLOCK));
    }

    @Test
    void theLastBlockEndsWithTheDisk() throws IOException {
        // 0100 0000
        assertEquals(Extents.of(new Extent(BLOCK, 1)), parse("QA==", BLOCK + 1));
    }

    @Test
    void randomBitmapsMeanWhatAModelSays() throws IOException {
        long seed = Long.getLong("xenolith.seed", System.nanoTime());
        var random = new Random(seed);
        for (int run = 0; run < 300; run++) {
            long size = random.nextLong(run % 10 == 0 ? 20_000 * BLOCK : 100 * BLOCK) + 1;
            var blocks = randomBlocks(random, (int) Math.ceilDiv(size, BLOCK));
            var text = base64(blocks, size);
            var encoded = random.nextBoolean() ? text : wrapped(text, random);
            assertEquals(model(blocks, size), parse(encoded, size), "-Dxenolith.seed=" + seed + ", run " + run);
        }
    }

    @Test
    void randomListsMeanTheUnionOfTheirLines() throws IOException {
        long seed = Long.getLong("xenolith.seed", System.nanoTime());
        var random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            long size = 1 + random.nextLong(run % 2 == 0 ? 5_000 : Long.MAX_VALUE - 1);
            var text = new StringBuilder(random.nextBoolean() ? "# offset length\n\n" : "");
            var extents = new ArrayList<Extent>();
            for (int line = random.nextInt(50); line >= 0; line--) {
                long from = random.nextLong(size);
                long length = random.nextLong(1 + (size - from) / (1 + random.nextInt(100)));
                text.append(from).append(random.nextBoolean() ? " " : " \t ").append(length)
                        .append(random.nextBoolean() ? "\n" : "  \r\n");
                if (length > 0) {
                    extents.add(new Extent(from, length));
                }
            }
            assertEquals(Extents.of(extents), parse(text.toString(), size), "-Dxenolith.seed=" + seed + ", run " + run);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", " \r\n\t\n", "# nothing\n", "\n  # nothing", "0 0"})
    void nothingSaidIsNothingChanged(String text) throws IOException {
        assertEquals(Extents.NONE, parse(text, 100));
        assertEquals(Extents.NONE, parse(text, 0));
    }

    @Test
    void aFileIsReadAsAStreamIs(@TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("changed"), "10 20\n5 6\n30 1");
        assertEquals(Extents.of(new Extent(5, 26)), ChangedBlocks.parse(file, 31));
    }

    @Test
    void everyTruncationOfABitmapIsRejected() {
        long size = 1000 * BLOCK;
        var text = base64(randomBlocks(new Random(1), 1000), size);
        for (int length = 1; length < text.length(); length++) {
            var cut = text.substring(0, length);
            assertThrows(ChangedBlocksException.class, () -> parse(cut, size), "cut to " + length);
        }
    }

    @Test
    void aBitmapOfAnotherDiskIsRejectedWithBothLengths() {
        var bitmap = Base64.getEncoder().encodeToString(new byte[7]);
        var e = assertThrows(ChangedBlocksException.class, () -> parse(bitmap, 100 * BLOCK));
        assertTrue(e.getMessage().contains("of 13 bytes"), e.getMessage());
        assertTrue(e.getMessage().contains("found 7 bytes"), e.getMessage());
        assertThrows(ChangedBlocksException.class, () -> parse(bitmap, 48 * BLOCK));
        assertThrows(ChangedBlocksException.class, () -> parse(bitmap, 56 * BLOCK + 1));
        assertThrows(ChangedBlocksException.class, () -> parse(bitmap, 0));
    }

    @Test
    void everyBitBehindTheLastBlockIsRejected() {
        for (int bit = 3; bit < 8; bit++) {
            var text = Base64.getEncoder().encodeToString(new byte[] {(byte) (0x80 >> bit)});
            assertThrows(ChangedBlocksException.class, () -> parse(text, 3 * BLOCK), "bit " + bit);
        }
    }

    @Test
    void everyCharacterOutsideTheAlphabetIsRejected() throws IOException {
        for (char c = 0; c < 256; c++) {
            var text = "AA" + c + "A";
            if (c < 128 && Character.isLetterOrDigit(c) || c == '+' || c == '/') {
                int ones = Integer.bitCount(Byte.toUnsignedInt(Base64.getDecoder().decode(text)[1]))
                        + Integer.bitCount(Byte.toUnsignedInt(Base64.getDecoder().decode(text)[2]));
                assertEquals(ones * BLOCK, parse(text, 24 * BLOCK).bytes(), text);
            } else {
                assertThrows(ChangedBlocksException.class, () -> parse(text, 24 * BLOCK), "character " + (int) c);
            }
        }
    }

    @Test
    void aBitmapThatGoesOnBehindItsPaddingIsRejected() {
        var longText = "A".repeat((4 << 12) - 2) + "=="; // ends where one round of decoding does
        var e = assertThrows(ChangedBlocksException.class, () -> parse(longText + "AAAA", 1L << 40));
        assertTrue(e.getMessage().contains("behind its padding"), e.getMessage());
        assertThrows(ChangedBlocksException.class, () -> parse("AA==AA==", 16 * BLOCK));
        assertThrows(ChangedBlocksException.class, () -> parse("====", 8 * BLOCK));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1 10", "10 -1", "+1 10", "1 2 3", "0 101", "101 0", "100 1", "99 2",
            "9223372036854775807 9223372036854775807", "1 9223372036854775807", "9223372036854775808 1",
            "1 99999999999999999999999999", "0x10 5", "1.5 2", "10", "10 ten", "10 20 # why", "1,2"})
    void aLineThatIsNoExtentOfTheDiskIsRejectedWithNumberAndContent(String line) {
        var e = assertThrows(ChangedBlocksException.class, () -> parse("# head\n0 1\n" + line + "\n0 1\n", 100));
        assertTrue(e.getMessage().contains("line 3: '" + line + "'"), e.getMessage());
        assertTrue(e.getMessage().contains("the whole disk must be read"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1 10", "10 -1", "1 2 3", "0 101"})
    void aFirstLineWithAMistakeIsStillALine(String line) {
        var e = assertThrows(ChangedBlocksException.class, () -> parse("\n\n" + line, 100));
        assertTrue(e.getMessage().contains("line 3: '" + line + "'"), e.getMessage());
    }

    @Test
    void aMessageQuotesNoControlCharactersAndNoLongLines() {
        var hostile = "0 1\n\u001b[2J" + "x".repeat(900);
        var e = assertThrows(ChangedBlocksException.class, () -> parse(hostile, 100));
        assertFalse(e.getMessage().contains("\u001b"), e.getMessage());
        assertTrue(e.getMessage().length() < 300, e.getMessage());
    }

    @Test
    void aLineWithoutEndIsRejected() {
        var e = assertThrows(ChangedBlocksException.class, () -> parse("0 1\n" + "1".repeat(5_000_000), 100));
        assertTrue(e.getMessage().contains("longer than 1024"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", " ", "0 1\n", "#\n"})
    void anInputWithoutEndIsRejected(String repeated) {
        var e = assertThrows(ChangedBlocksException.class,
                () -> ChangedBlocks.parse(endless(repeated), 1L << 60, 1 << 20, 100));
        assertTrue(e.getMessage().contains("longer than 1048576 bytes"), e.getMessage());
    }

    @Test
    void theBitmapOfSixteenTebibytesFitsTheBound() {
        long bitmapBytes = (16L << 40) / BLOCK / 8;
        long characters = Math.ceilDiv(bitmapBytes, 3L) * 4;
        assertTrue(characters + characters / 76 * 2 < ChangedBlocks.MAX_INPUT_BYTES);
    }

    @Test
    void tooManyExtentsBecomeFewerThatHoldThemAll() throws IOException {
        long size = 100_000 * BLOCK;
        var every = new BitSet();
        for (int i = 0; i < 100_000; i += 2) {
            every.set(i);
        }
        var all = model(every, size);
        for (int limit : new int[] {2, 3, 100, 49_999}) {
            var found = parse(base64(every, size), size, limit);
            assertTrue(found.asList().size() <= limit, found.asList().size() + " extents, limit " + limit);
            assertEquals(all, all.intersect(found));
        }
        assertEquals(all, parse(base64(every, size), size, 50_000));
    }

    @Test
    void extentsAtTheEndsOfTheNumbersBecomeOneWhenOnlyTwoMayStay() throws IOException {
        long size = Long.MAX_VALUE;
        var found = parse("0 1\n9223372036854775806 1\n4611686018427387904 1\n0 2\n", size, 2);
        assertTrue(found.intersects(0, 2) && found.intersects(size - 1, size) && found.asList().size() <= 2);
    }

    private static Extents parse(String text, long size) throws IOException {
        return ChangedBlocks.parse(stream(text), size);
    }

    private static Extents parse(String text, long size, int maxExtents) throws IOException {
        return ChangedBlocks.parse(stream(text), size, ChangedBlocks.MAX_INPUT_BYTES, maxExtents);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static InputStream endless(String repeated) {
        return new InputStream() {
            private int at;

            @Override
            public int read() {
                at = (at + 1) % repeated.length();
                return repeated.charAt((at + repeated.length() - 1) % repeated.length());
            }
        };
    }

    private static BitSet randomBlocks(Random random, int count) {
        var blocks = new BitSet();
        double density = random.nextDouble();
        for (int i = 0; i < count; i++) {
            blocks.set(i, random.nextDouble() < density);
        }
        return blocks;
    }

    private static String base64(BitSet blocks, long size) {
        var bytes = new byte[(int) Math.ceilDiv(Math.ceilDiv(size, BLOCK), 8L)];
        blocks.stream().forEach(block -> bytes[block / 8] |= (byte) (1 << 7 - block % 8));
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String wrapped(String text, Random random) {
        var wrapped = new StringBuilder("\n");
        for (char c : text.toCharArray()) {
            wrapped.append(c).append(random.nextInt(20) == 0 ? "\r\n" : "");
        }
        return wrapped.append(" \n").toString();
    }

    private static Extents model(BitSet blocks, long size) {
        return Extents.of(blocks.stream()
                .mapToObj(block -> Extent.between(block * BLOCK, Math.min(size, (block + 1) * BLOCK))).toList());
    }
}
