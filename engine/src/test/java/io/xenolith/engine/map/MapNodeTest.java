package io.xenolith.engine.map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.map.MapNode.SlotChunk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class MapNodeTest {

    private static final ChunkId ID = new ChunkId(1, 2, 3, 4);
    private static final int CASES = 200;

    @Test
    void aNodeComesBackAsItWas(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var node = randomNode(seed.random(i));
            byte[] bytes = node.encode();
            var decoded = MapNode.decode(ID, bytes);
            assertEquals(node.getClass(), decoded.getClass());
            assertArrayEquals(bytes, decoded.encode());
            if (!(node instanceof MapNode.Inner)) { // an array in it
                assertEquals(node, decoded);
            }
        }
    }

    @Test
    void theLayoutNeverChanges() {
        var leaf = new MapNode.Leaf(List.of(new SlotChunk(0x1000, 0x2000, ID)));
        var id = "0000000000000001000000000000000200000000000000030000000000000004";
        assertEquals("4d010000" + "01000000" + "00100000" + "00200000" + id, HexFormat.of().formatHex(leaf.encode()));
        var inner = MapNode.Inner.blank(3);
        inner.children()[9] = ID;
        assertEquals("4d010103" + "0002000000000000" + id, HexFormat.of().formatHex(inner.encode()));
        assertEquals("4d010200" + "0500000000000000" + id, HexFormat.of().formatHex(new MapNode.Root(5, ID).encode()));
    }

    @Test
    void aTruncatedNodeIsCorruptAtEveryLength(Seed seed) {
        for (int i = 0; i < 20; i++) {
            byte[] bytes = randomNode(seed.random(i)).encode();
            for (int length = 0; length < bytes.length; length++) {
                var truncated = Arrays.copyOf(bytes, length);
                assertThrows(CorruptMapException.class, () -> MapNode.decode(ID, truncated));
            }
            var longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThrows(CorruptMapException.class, () -> MapNode.decode(ID, longer));
        }
    }

    @Test
    void aFlippedBitIsCorruptOrMakesAnotherNodeWithExactlyTheseBytes(Seed seed) {
        for (int i = 0; i < 30; i++) {
            byte[] bytes = randomNode(seed.random(i)).encode();
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                var flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                try {
                    assertArrayEquals(flipped, MapNode.decode(ID, flipped).encode(), "bit " + bit);
                } catch (CorruptMapException e) {
                    assertTrue(e.getMessage().contains(ID.toString()), e.getMessage());
                }
            }
        }
    }

    @Test
    void noiseIsCorrupt(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 20_000; i++) {
            var noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (noise.length > 4) { // let some of it look right at first sight
                System.arraycopy(new byte[] {'M', 1, (byte) random.nextInt(3)}, 0, noise, 0, 3);
            }
            try {
                assertArrayEquals(noise, MapNode.decode(ID, noise).encode());
            } catch (CorruptMapException expected) {
                // refused
            }
        }
    }

    @Test
    void aHugeCountIsRefusedBeforeAnythingIsAllocatedForIt() {
        for (int count : new int[] {-1, 0, 1025, 1 << 28, Integer.MAX_VALUE, Integer.MIN_VALUE, 107_374_183}) {
            // 107,374,183 entries of 40 bytes come to 24 bytes in 32-bit arithmetic
            for (int body : new int[] {0, 24, 40}) {
                var bytes = ByteBuffer.allocate(8 + body).order(ByteOrder.LITTLE_ENDIAN)
                        .put(new byte[] {'M', 1, 0, 0}).putInt(count).array();
                assertThrows(CorruptMapException.class, () -> MapNode.decode(ID, bytes), count + " chunks");
            }
        }
        assertThrows(CorruptMapException.class, () -> MapNode.decode(ID, new byte[MapNode.MAX_BYTES + 1]));
    }

    @Test
    void chunksThatOverlapOrLieOutsideOfTheirSlotAreCorrupt() {
        for (var chunks : List.of(
                List.of(new SlotChunk(0, 4097, ID), new SlotChunk(4096, 1, ID)),
                List.of(new SlotChunk(4096, 1, ID), new SlotChunk(0, 1, ID)),
                List.of(new SlotChunk(MapShape.SLOT_BYTES, 1, ID)),
                List.of(new SlotChunk(-1, 1, ID)),
                List.of(new SlotChunk(0, 0, ID)),
                List.of(new SlotChunk(0, (4 << 20) + 1, ID)),
                List.of(new SlotChunk(0, 1, ChunkId.NULL)))) {
            byte[] bytes = new MapNode.Leaf(chunks).encode();
            assertThrows(CorruptMapException.class, () -> MapNode.decode(ID, bytes), chunks.toString());
        }
    }

    @Test
    void aNodeOfANewerVersionIsToldAsSuch() {
        byte[] bytes = new MapNode.Root(1, ID).encode();
        bytes[1] = 2;
        var e = assertThrows(CorruptMapException.class, () -> MapNode.decode(ID, bytes));
        assertTrue(e.getMessage().contains("newer xenolith"), e.getMessage());
    }

    static MapNode randomNode(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> new MapNode.Root(random.nextLong(MapShape.MAX_SIZE + 1), random.nextBoolean() ? ChunkId.NULL : id(random));
            case 1 -> {
                var inner = MapNode.Inner.blank(random.nextInt(1, 7));
                for (int i = random.nextInt(1, 12); i > 0; i--) {
                    inner.children()[random.nextInt(MapShape.FANOUT)] = id(random);
                }
                yield inner;
            }
            default -> new MapNode.Leaf(randomChunks(random));
        };
    }

    static List<SlotChunk> randomChunks(Random random) {
        var chunks = new ArrayList<SlotChunk>();
        int at = random.nextInt(2) * 4096 * random.nextInt(100);
        for (int i = random.nextInt(1, 9); i > 0; i--) {
            int length = random.nextInt(1, 70_000);
            chunks.add(new SlotChunk(at, length, id(random)));
            at += length + random.nextInt(2) * 65536;
        }
        return chunks;
    }

    static ChunkId id(Random random) {
        return new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }
}
