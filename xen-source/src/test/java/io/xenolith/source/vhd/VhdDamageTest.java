package io.xenolith.source.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.source.vhd.fuzz.VhdFuzz;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Images that are cut off, rotten or malicious. A tiny image has its table at byte 1536 and four blocks of 1024 bytes.
@ExtendWith(SeedExtension.class)
class VhdDamageTest {

    private static final int HEADER = 512;
    private static final int TABLE = 1536;
    private static final int BLOCKS = 2048;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"tiny-full", "tiny-delta"})
    void anImageCutOffAnywhereIsRefused(String layout, Seed seed) throws Exception {
        var image = make(layout, seed);
        // without its very last byte it is one with a footer of the old length, and still whole
        assertArrayEquals(VhdFuzz.image(image), VhdFuzz.image(Arrays.copyOf(image, image.length - 1)));
        assertArrayEquals(VhdFuzz.stream(image), VhdFuzz.stream(Arrays.copyOf(image, image.length - 1)));
        for (int length = 0; length < image.length - 1; length++) {
            var cut = Arrays.copyOf(image, length);
            assertThrows(VhdException.class, () -> VhdFuzz.image(cut), "at rest, cut to " + length);
            assertThrows(TruncatedVhdException.class, () -> VhdFuzz.stream(cut), "arriving, cut to " + length);
        }
    }

    @Test
    void aFixedImageCutOffAnywhereIsRefused(Seed seed) throws Exception {
        var disk = new byte[2048];
        seed.random().nextBytes(disk);
        var image = fixed(disk, disk.length);
        assertArrayEquals(disk, VhdFuzz.image(image));
        assertArrayEquals(disk, VhdFuzz.stream(image));
        for (int length = 0; length < image.length - 1; length++) {
            var cut = Arrays.copyOf(image, length);
            assertThrows(VhdException.class, () -> VhdFuzz.image(cut), "at rest, cut to " + length);
            assertThrows(VhdException.class, () -> VhdFuzz.stream(cut), "arriving, cut to " + length);
        }
    }

    // also where the disk ends inside its last block, which may be cut off there
    @ParameterizedTest
    @ValueSource(strings = {"tiny-full", "tiny-delta", "tiny-odd-end-full", "tiny-odd-end-delta"})
    void aFlippedBitInAnyStructureIsRefusedOrChangesNothing(String layout, Seed seed) throws Exception {
        var image = make(layout, seed);
        var content = VhdFuzz.image(image);
        int end = image.length - 512;
        var random = seed.random();
        IntStream.concat(IntStream.range(0, BLOCKS), IntStream.range(end, image.length)).forEach(at -> {
            var rotten = image.clone();
            rotten[at] ^= (byte) (1 << random.nextInt(8));
            boolean checked = at < TABLE || at >= end;
            assertRefusedOr(content, checked, () -> VhdFuzz.image(rotten), "at rest, byte " + at);
            assertRefusedOr(content, checked, () -> VhdFuzz.stream(rotten), "arriving, byte " + at);
        });
    }

    private static void assertRefusedOr(byte[] content, boolean alwaysRefused, Reading reading, String where) {
        try {
            assertArrayEquals(content, reading.read(), where);
            assertFalse(alwaysRefused, where);
        } catch (VhdException e) {
            assertTrue(e.getMessage().matches("the (image|stream)\\b.*"), e.getMessage());
        }
    }

    private interface Reading {
        byte[] read() throws VhdException;
    }

    @Test
    void randomDamageIsReadOrRefusedAndNothingElse(Seed seed) throws Exception {
        var images = List.of(make("tiny-full", seed), make("tiny-delta", seed));
        for (int i = 0; i < 2000; i++) {
            var random = seed.random(i);
            var rotten = images.get(i % 2).clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                rotten[random.nextInt(random.nextBoolean() ? BLOCKS : rotten.length)] = (byte) random.nextInt();
            }
            if (random.nextBoolean()) {
                repairChecksums(rotten); // so that what they guard is looked at, too
            }
            for (var reading : List.<Reading>of(() -> VhdFuzz.image(rotten), () -> VhdFuzz.stream(rotten))) {
                try {
                    reading.read();
                } catch (VhdException e) {
                    assertTrue(e.getMessage().contains(";"), e.getMessage());
                }
            }
        }
    }

    @Test
    void anImageWithOneRightFooterSaysWhichIsWrong(Seed seed) throws Exception {
        var image = make("tiny-full", seed);
        int end = image.length - 512;

        var endRotten = image.clone();
        endRotten[end + 100] ^= 1;
        refused(DamagedVhdException.class, endRotten, "byte %d: the footer has the checksum".formatted(end));

        var endGone = image.clone();
        Arrays.fill(endGone, end, image.length, (byte) 0);
        refused(TruncatedVhdException.class, endGone, "begins with the copy of a footer, but does not end with");

        var startRotten = image.clone();
        startRotten[100] ^= 1;
        refused(DamagedVhdException.class, startRotten,
                "byte 0: the copy of the footer at the start differs from the footer at byte " + end);

        var e = assertThrows(TruncatedVhdException.class, () -> VhdFuzz.stream(endRotten));
        assertTrue(e.getMessage().contains("ends without the footer that it began with"), e.getMessage());
    }

    @Test
    void whatFollowsTheFooterIsRefused(Seed seed) throws Exception {
        var image = make("tiny-full", seed);
        for (int more : new int[] {1, 511, 512, 5000}) {
            var longer = Arrays.copyOf(image, image.length + more);
            assertThrows(TruncatedVhdException.class, () -> VhdFuzz.image(longer));
            assertThrows(TruncatedVhdException.class, () -> VhdFuzz.stream(longer));
        }
    }

    @Test
    void blocksOverEachOtherOrTheStructuresOrOutsideAreRefusedByEntry(Seed seed) throws Exception {
        var image = makeWithTwoBlocks(seed);
        int[] stored = storedEntries(image);
        int first = stored[0];
        int second = stored[1];
        int firstAt = BLOCKS / 512;

        refused(image, second, firstAt, "entry %d puts the block at bytes [2048,".formatted(second));
        refused(image, second, firstAt + 1, "which overlaps block %d at byte 2048".formatted(first));
        refused(image, first, 0, "which overlaps the footer, header or table in bytes [0, 512)");
        refused(image, first, 1, "which overlaps the footer, header or table in bytes [512, 1536)");
        refused(image, first, 3, "which overlaps the footer, header or table in bytes [1536, 1552)");
        refused(image, first, -2, "which reaches beyond byte %d".formatted(image.length - 512));
        refused(image, second, (image.length - 512) / 512, "which reaches beyond");
    }

    private static void refused(byte[] image, int entry, int sector, String finding) {
        var changed = image.clone();
        ByteBuffer.wrap(changed).putInt(TABLE + 4 * entry, sector);
        refused(DamagedVhdException.class, changed, finding);
        assertThrows(VhdException.class, () -> VhdFuzz.stream(changed));
    }

    @Test
    void aHeaderThatCannotBeIsRefused(Seed seed) throws Exception {
        var image = make("tiny-full", seed);
        for (int block : new int[] {0, -1, 3000, 4095, Integer.MAX_VALUE}) {
            headerRefused(DamagedVhdException.class, image, 32, block, "is not a power of two");
        }
        headerRefused(DamagedVhdException.class, image, 32, Integer.MIN_VALUE, "is not a power of two");
        headerRefused(UnsupportedVhdException.class, image, 32, 256, "blocks of 256 bytes are not read");
        headerRefused(UnsupportedVhdException.class, image, 32, 1 << 30, "blocks of 1073741824 bytes are not read");
        headerRefused(UnsupportedVhdException.class, image, 28, -1, "4294967295 table entries are not read");
        headerRefused(UnsupportedVhdException.class, image, 28, VhdHeader.MAX_ENTRIES + 1, "entries are not read");
        headerRefused(DamagedVhdException.class, image, 28, VhdHeader.MAX_ENTRIES, "the table of 16777216 bytes");
        headerRefused(DamagedVhdException.class, image, 28, 3, "a table of 3 entries is too small for the 4 blocks");
        headerRefused(DamagedVhdException.class, image, 28, 0, "a table of 0 entries is too small for the 4 blocks");
        headerRefused(DamagedVhdException.class, image, 16, -1, "a table at byte 184");
        headerRefused(DamagedVhdException.class, image, 16, 1, "is not between the footers");
        headerRefused(DamagedVhdException.class, image, 20, 511, "is not between the footers");
        headerRefused(DamagedVhdException.class, image, 20, 1535, "overlaps the header");
        headerRefused(UnsupportedVhdException.class, image, 24, 0x0002_0000, "unknown version 00020000");
    }

    private static void headerRefused(Class<? extends VhdException> as, byte[] image, int field, int value,
            String finding) {
        var changed = image.clone();
        ByteBuffer.wrap(changed).putInt(HEADER + field, value);
        repairChecksums(changed);
        refused(as, changed, finding);
        assertThrows(VhdException.class, () -> VhdFuzz.stream(changed));
    }

    @Test
    void aFooterThatCannotBeIsRefused(Seed seed) throws Exception {
        var image = make("tiny-full", seed);
        footerRefused(UnsupportedVhdException.class, image, 12, 0x0002_0000, "unknown version 00020000");
        footerRefused(UnsupportedVhdException.class, image, 60, 5, "the disk type 5 is unknown");
        footerRefused(UnsupportedVhdException.class, image, 60, 0, "the disk type 0 is unknown");
        footerRefused(DamagedVhdException.class, image, 48, -1, "a disk of 18446744");
        footerRefused(UnsupportedVhdException.class, image, 48, 1 << 20, "is more than the 2190433320960");
        footerRefused(DamagedVhdException.class, image, 48, 1, "is too small for the");
        footerRefused(DamagedVhdException.class, image, 16, -1, "the header of 1024 bytes at byte 1844");
        footerRefused(DamagedVhdException.class, image, 20, 0, "the header of 1024 bytes at byte 0 is not between");
        footerRefused(DamagedVhdException.class, image, 20, 1024, "no header: it does not begin with 'cxsparse'");
        footerRefused(UnsupportedVhdException.class, image, 0, 0x765F_706F, 4, 0x6973_6F6E, "the host has disabled");
    }

    private static void footerRefused(Class<? extends VhdException> as, byte[] image, int field, int value,
            String finding) {
        footerRefused(as, image, field, value, field, value, finding);
    }

    private static void footerRefused(Class<? extends VhdException> as, byte[] image, int field, int value,
            int field2, int value2, String finding) {
        var changed = image.clone();
        for (int footer : new int[] {0, image.length - 512}) {
            ByteBuffer.wrap(changed).putInt(footer + field, value).putInt(footer + field2, value2);
        }
        repairChecksums(changed);
        refused(as, changed, finding);
        assertThrows(VhdException.class, () -> VhdFuzz.stream(changed));
    }

    @Test
    void aFixedDiskMustHaveItsFootersSize() {
        refused(TruncatedVhdException.class, fixed(new byte[1024], 1536), "a disk of 1536 bytes, but 1024 lie before");
        refused(DamagedVhdException.class, fixed(new byte[1024], 512), "a disk of 512 bytes, but 1024 lie before");
        assertThrows(TruncatedVhdException.class, () -> VhdFuzz.stream(fixed(new byte[1024], 1536)));
        assertThrows(DamagedVhdException.class, () -> VhdFuzz.stream(fixed(new byte[1024], 512)));
    }

    @Test
    void whatAStreamWouldHaveToGoBackForIsReadAtRestOnly(Seed seed) throws Exception {
        // given an image whose header lies behind its table
        var image = make("tiny-full", seed);
        var header = Arrays.copyOfRange(image, HEADER, TABLE);
        var table = Arrays.copyOfRange(image, TABLE, BLOCKS);
        System.arraycopy(table, 0, image, 512, 512);
        System.arraycopy(header, 0, image, 1024, 1024);
        ByteBuffer.wrap(image).putInt(20, 1024).putInt(image.length - 512 + 20, 1024).putInt(1024 + 20, 512);
        repairChecksums(image, 1024);
        // then it is whole, but no stream
        VhdFuzz.image(image);
        var e = assertThrows(UnsupportedVhdException.class, () -> VhdFuzz.stream(image));
        assertTrue(e.getMessage().contains("save the image to a file"), e.getMessage());
    }

    @Test
    void aBrokenStreamFailsAsItBroke(Seed seed) throws Exception {
        var image = make("tiny-full", seed);
        var e = assertThrows(TruncatedVhdException.class,
                () -> {
                    var cut = Content.trickle(Arrays.copyOf(image, BLOCKS + 700), new Random(1));
                    try (var stream = assertInstanceOf(DynamicVhdStream.class,
                            VhdStream.open("the export of vm1", cut, directory))) {
                        stream.read(ByteBuffer.allocate(1 << 20));
                    }
                });
        assertEquals("the export of vm1, byte 2748: the stream ends here, in the middle of the image; it is not whole,"
                + " so export or copy it again", e.getMessage());
    }

    private static void refused(Class<? extends VhdException> as, byte[] image, String finding) {
        var e = assertThrows(as, () -> VhdFuzz.image(image), finding);
        assertTrue(e.getMessage().contains(finding), e.getMessage());
    }

    private static void repairChecksums(byte[] image) {
        repairChecksums(image, HEADER);
    }

    private static void repairChecksums(byte[] image, int headerAt) {
        repairChecksum(image, 0, 512, 64);
        repairChecksum(image, image.length - 512, 512, 64);
        repairChecksum(image, headerAt, 1024, 36);
    }

    private static void repairChecksum(byte[] image, int at, int length, int field) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += i >= field && i < field + 4 ? 0 : image[at + i] & 0xFF;
        }
        ByteBuffer.wrap(image).putInt(at + field, ~sum);
    }

    private byte[] make(String layout, Seed seed) throws Exception {
        var image = directory.resolve("image");
        Peer.python("make", layout, seed.value(), image, directory.resolve("content"), directory.resolve("base"));
        return Files.readAllBytes(image);
    }

    private byte[] makeWithTwoBlocks(Seed seed) throws Exception {
        var image = make("tiny-full", seed);
        assertTrue(storedEntries(image).length >= 2, "the peer stores two thirds of four blocks");
        return image;
    }

    private static int[] storedEntries(byte[] image) {
        var table = ByteBuffer.wrap(image, TABLE, 16).slice().asIntBuffer();
        return IntStream.range(0, 4).filter(i -> table.get(i) != -1).toArray();
    }

    /// A fixed disk whose footer tells of `size` bytes.
    private static byte[] fixed(byte[] disk, long size) {
        var identity = new VhdIdentity(new UUID(1, 2), Instant.EPOCH);
        var footer = new VhdFooter(VhdFooter.Type.FIXED, identity, VhdFooter.NO_HEADER, size).encode();
        return ByteBuffer.allocate(disk.length + footer.length).put(disk).put(footer).array();
    }
}
