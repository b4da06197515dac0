package io.xenolith.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.source.fuzz.BytesDisk;
import io.xenolith.source.fuzz.Qcow2Fuzz;
import io.xenolith.source.raw.StreamTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A small image made by qemu, and all that can be wrong with it: clusters of 512 bytes, 64 of them to a table.
@ExtendWith(SeedExtension.class)
class HostileImageTest {
    private static final int CLUSTER = 512;
    private static final int TABLE_BYTES = CLUSTER / 8 * CLUSTER; // of the disk, that one L2 table maps

    @TempDir
    Path directory;
    byte[] image;
    byte[] disk;

    @BeforeEach
    void makeAnImageOfEveryKindOfCluster() throws IOException {
        var file = directory.resolve("image");
        Qemu.create(file, "cluster_size=512", TABLE_BYTES + 11 * CLUSTER);
        Qemu.io(file, "write -P 1 0 4096", "write -c -P 2 8192 512", "write -c -P 3 8704 512", "write -z 16384 1024",
                "write -P 5 " + (TABLE_BYTES + CLUSTER) + " 5120");
        image = Files.readAllBytes(file);
        disk = read(image);
        assertEquals(1, disk[0]);
        assertEquals(3, disk[9000]);
        assertEquals(5, disk[disk.length - 1]);
    }

    private static byte[] read(byte[] image) throws IOException {
        try (var opened = Qcow2Image.open("image", new BytesDisk(image))) {
            return TestDisk.content(opened.whole());
        }
    }

    @Test
    void aTruncatedImageIsRefusedAtEveryLength() throws IOException {
        for (int length = 0; length < lastNeededByte(); length++) {
            var truncated = Arrays.copyOf(image, length);
            var e = assertThrows(Qcow2Exception.class, () -> read(truncated), "cut to " + length);
            assertTrue(e.getMessage().startsWith("qcow2 image image, byte "), e.getMessage());
        }
        assertArrayEquals(disk, read(Arrays.copyOf(image, lastNeededByte())));
    }

    /// Where the last cluster of data ends; qemu may have room behind it.
    private int lastNeededByte() {
        long end = 0;
        for (int table = 0; table < 2; table++) {
            long l2 = in().getLong((int) l1() + table * 8) & Mapping.OFFSET_BITS;
            end = Math.max(end, l2 == 0 ? 0 : l2 + CLUSTER);
            for (int i = 0; l2 != 0 && i < 64; i++) {
                if (Mapping.of(in().getLong((int) l2 + i * 8), 9) instanceof Mapping.Plain(long offset)) {
                    end = Math.max(end, offset + CLUSTER);
                }
            }
        }
        return (int) Math.max(end, in().getLong(48) + in().getInt(56) * CLUSTER);
    }

    private ByteBuffer in() {
        return ByteBuffer.wrap(image);
    }

    private long l1() {
        return in().getLong(40);
    }

    @Test
    void aFlippedBitOfTheHeaderIsRefusedOrHarmless() throws IOException {
        for (int bit = 0; bit < CLUSTER * 8; bit++) {
            int at = bit / 8;
            // another size, another length of clusters or another L1 table make another image, which may be a right one
            boolean another = at >= 20 && at < 32 || at >= 40 && at < 48;
            var damaged = flip(bit);
            try {
                if (another) {
                    Qcow2Fuzz.read(damaged);
                } else {
                    assertTrue(Arrays.equals(disk, read(damaged)), "byte " + at);
                }
            } catch (Qcow2Exception e) {
                assertTrue(e.getMessage().length() > 30, e.getMessage());
            }
        }
    }

    @Test
    void aFlippedBitOfATableIsRefusedOrChangesOnlyWhatTheEntryMaps() throws IOException {
        for (int table = 0; table < 2; table++) {
            int entry = (int) l1() + table * 8;
            flipEach(entry, table * TABLE_BYTES, (table + 1) * TABLE_BYTES);
            int l2 = (int) (in().getLong(entry) & Mapping.OFFSET_BITS);
            for (int i = 0; l2 != 0 && i < 64; i++) {
                flipEach(l2 + i * 8, table * TABLE_BYTES + i * CLUSTER, table * TABLE_BYTES + (i + 1) * CLUSTER);
            }
        }
    }

    /// Flips each bit of the entry at `at`, which maps `[from, end)` of the disk.
    private void flipEach(int at, int from, int end) throws IOException {
        for (int bit = at * 8; bit < at * 8 + 64; bit++) {
            try {
                var found = read(flip(bit));
                assertEquals(disk.length, found.length);
                System.arraycopy(disk, Math.min(from, disk.length), found, Math.min(from, disk.length),
                        Math.clamp(disk.length - from, 0, end - from));
                assertEquals(-1, Arrays.mismatch(disk, found), "bit %d of the entry at %d".formatted(bit - at * 8, at));
            } catch (Qcow2Exception e) {
                assertTrue(e.getMessage().contains("entry") || e.getMessage().contains("compressed"), e.getMessage());
            }
        }
    }

    private byte[] flip(int bit) {
        var damaged = image.clone();
        damaged[bit / 8] ^= (byte) (0x80 >> bit % 8);
        return damaged;
    }

    @Test
    void flippedBitsOfRefcountsAreHarmless() throws IOException {
        int table = (int) in().getLong(48);
        for (int at : new int[] {table, table + 7, (int) in().getLong(table), (int) in().getLong(table) + 300}) {
            assertArrayEquals(disk, read(flip(at * 8 + 3)));
        }
    }

    @Test
    void anEntryThatLeadsIntoATableIsRefusedWithItsPlace() {
        int l1 = (int) l1();
        long firstTable = in().getLong(l1) & Mapping.OFFSET_BITS;
        long otherTable = in().getLong(l1 + 8);
        refuses("another entry leads to the same L2 table", bytes -> bytes.putLong(l1, otherTable));
        refuses("L1 entry 0", bytes -> bytes.putLong(l1, l1));
        refuses("its L2 table lies in the header", bytes -> bytes.putLong(l1, bytes.getLong(48)));
        refuses("not within", bytes -> bytes.putLong(l1, 1L << 40));
        for (long target : new long[] {firstTable, otherTable & Mapping.OFFSET_BITS, l1, in().getLong(48)}) {
            refuses("byte %d: L2 entry of cluster 3 is 0x%x: it leads into the header or a table"
                    .formatted(firstTable + 24, target), bytes -> bytes.putLong((int) firstTable + 24, target));
        }
        refuses("leads into the header", bytes -> bytes.putLong((int) firstTable + 24, 1L << 62 | 100));
        refuses("not within", bytes -> bytes.putLong((int) firstTable + 24, 1L << 62 | 1L << 50));
        refuses("reserved bits", bytes -> bytes.putLong((int) firstTable + 24, 1L << 60));
        refuses("overlap", bytes -> bytes.putLong(40, bytes.getLong(48)));
    }

    @Test
    void anEntryThatLeadsToTheMiddleOfAClusterIsRefused() throws IOException {
        // given an image of clusters of 64 KiB: header, refcounts in 2, L1, L2, one of data
        var clusters = new DiskBlocks(1 << 20, Qcow2Layout.CLUSTER_BYTES);
        clusters.add(7);
        var out = new ByteArrayOutputStream();
        try (var target = new Qcow2Target(new StreamTarget("image", out), Qcow2Layout.of(clusters))) {
            target.commit();
        }
        image = out.toByteArray();
        read(image);
        // then bit 9 of an entry is where no cluster begins
        for (int entry : new int[] {3 << 16, (4 << 16) + 7 * 8}) {
            refuses("leads to the middle of a cluster", bytes -> bytes.putLong(entry, bytes.getLong(entry) - 512));
        }
    }

    private void refuses(String finding, Consumer<ByteBuffer> damage) {
        var damaged = image.clone();
        damage.accept(ByteBuffer.wrap(damaged));
        var e = assertThrows(Qcow2Exception.class, () -> read(damaged), finding);
        assertTrue(e.getMessage().contains(finding), "expected '%s', found: %s".formatted(finding, e.getMessage()));
    }

    @Test
    void sizesThatNoImageHasAreRefusedBeforeAnythingIsAllocated() {
        refuses("expected at most 64 MiB", bytes -> bytes.putLong(24, 1L << 56).putInt(36, -1));
        refuses("at most 2^56", bytes -> bytes.putLong(24, (1L << 56) + 512));
        refuses("at most 2^56", bytes -> bytes.putLong(24, -512));
        refuses("too few for the disk", bytes -> bytes.putInt(36, 1));
        refuses("the L1 table of 67108864 bytes", bytes -> bytes.putLong(24, 1L << 38).putInt(36, 1 << 23));
        refuses("the refcount table", bytes -> bytes.putInt(56, -1));
        refuses("clusters of 2^22 bytes", bytes -> bytes.putInt(20, 22));
        refuses("clusters of 2^-1 bytes", bytes -> bytes.putInt(20, -1));
        refuses("a name of 1024 bytes", bytes -> bytes.putLong(8, 200).putInt(16, 1024));
        refuses("header extension", bytes -> bytes.putInt(112, 77).putInt(116, -1));
    }

    @Test
    void flagsThatAskForMoreThanThereIsAreRefused() {
        refuses("is marked dirty", bytes -> bytes.putLong(72, 1));
        refuses("is marked corrupt", bytes -> bytes.putLong(72, 2));
        refuses("another file", bytes -> bytes.putLong(72, 4));
        refuses("contradicts", bytes -> bytes.putLong(72, 8));
        refuses("extended L2", bytes -> bytes.putLong(72, 16));
        refuses("unknown here (bits 0x8000000000000000)", bytes -> bytes.putLong(72, 1L << 63));
        refuses("version 4", bytes -> bytes.putInt(4, 4));
    }

    @Test
    void damagedCompressedBytesAreRefusedOrAnotherContentOfThatCluster(Seed seed) throws IOException {
        var random = seed.random();
        int l2 = (int) (in().getLong((int) l1()) & Mapping.OFFSET_BITS);
        var place = (Mapping.Packed) Mapping.of(in().getLong(l2 + 16 * 8), 9);
        for (int i = 0; i < 500; i++) {
            var damaged = image.clone();
            for (int j = 1 + random.nextInt(3); j > 0; j--) {
                damaged[(int) place.offset() + random.nextInt(12)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertEquals(disk.length, read(damaged).length);
            } catch (Qcow2Exception e) {
                assertTrue(e.getMessage().contains("cannot be unpacked"), e.getMessage());
            }
        }
    }

    @Test
    void randomDamageNeverGetsFurtherThanARefusal(Seed seed) {
        for (int i = 0; i < 2000; i++) {
            var random = seed.random(i);
            var damaged = image.clone();
            for (int j = 1 + random.nextInt(8); j > 0; j--) {
                int at = random.nextInt(random.nextBoolean() ? 120 : damaged.length);
                damaged[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextBoolean() ? 0 : -1);
            }
            try {
                Qcow2Fuzz.read(random.nextInt(4) > 0 ? damaged : Arrays.copyOf(damaged, random.nextInt(damaged.length)));
            } catch (Qcow2Exception e) {
                assertTrue(e.getMessage().startsWith("qcow2 image input"), e.getMessage());
            }
        }
    }
}
