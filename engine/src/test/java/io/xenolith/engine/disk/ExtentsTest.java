package io.xenolith.engine.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Extents against a bit for each byte of a tiny disk.
@ExtendWith(SeedExtension.class)
class ExtentsTest {

    private static final int CASES = 3000;
    private static final int SIZE = 64;

    private record Modelled(Extents extents, BitSet bits) {
        static Modelled random(Random random) {
            var extents = new ArrayList<Extent>();
            var bits = new BitSet();
            for (int i = random.nextInt(7); i > 0; i--) {
                int from = random.nextInt(SIZE);
                int to = random.nextInt(from + 1, Math.min(SIZE, from + 20) + 1);
                extents.add(Extent.between(from, to));
                bits.set(from, to);
            }
            return new Modelled(Extents.of(extents), bits);
        }
    }

    @Test
    void aSetHoldsTheBytesThatWentInAscendingAndApart(Seed seed) {
        for (int i = 0; i < CASES; i++) {
            var set = Modelled.random(seed.random(i));
            assertSameBytes(set.bits, set.extents);
            assertEquals(set.bits.isEmpty(), set.extents.isEmpty());
            assertEquals(set.bits.cardinality(), set.extents.bytes());
        }
    }

    @Test
    void unionAndIntersectionAreThoseOfTheBytes(Seed seed) {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var a = Modelled.random(random);
            var b = Modelled.random(random);
            var union = (BitSet) a.bits.clone();
            union.or(b.bits);
            var common = (BitSet) a.bits.clone();
            common.and(b.bits);
            assertSameBytes(union, a.extents.union(b.extents));
            assertSameBytes(common, a.extents.intersect(b.extents));
        }
    }

    @Test
    void withinAndIntersectsSeeTheBytesBetweenTwoOffsets(Seed seed) {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var set = Modelled.random(random);
            int from = random.nextInt(SIZE + 5);
            int to = from + random.nextInt(SIZE);
            var inside = (BitSet) set.bits.clone();
            inside.clear(0, from);
            inside.clear(to, 3 * SIZE);
            assertSameBytes(inside, set.extents.within(from, to));
            assertEquals(!inside.isEmpty(), set.extents.intersects(from, to), set + " from " + from + " to " + to);
        }
    }

    @Test
    void gapsAndRunsEndWhereTheNextByteIsOtherwise(Seed seed) {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var set = Modelled.random(random);
            int offset = random.nextInt(SIZE + 5);
            int limit = random.nextInt(SIZE);
            int nextSet = set.bits.nextSetBit(offset);
            int gap = nextSet < 0 ? limit : Math.min(limit, nextSet - offset);
            assertEquals(gap, set.extents.gapFrom(offset, limit), set + " at " + offset);
            assertEquals(Math.min(limit, set.bits.nextClearBit(offset) - offset), set.extents.runFrom(offset, limit),
                    set + " at " + offset);
        }
    }

    @Test
    void alignedOutwardHoldsEachCellWithAByteInIt(Seed seed) {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var set = Modelled.random(random);
            int alignment = random.nextInt(1, 12);
            int limit = random.nextInt(SIZE + 10);
            var cells = new BitSet();
            for (int at = 0; at < limit; at++) {
                int cell = at / alignment * alignment;
                cells.set(at, set.bits.get(cell, cell + alignment).cardinality() > 0);
            }
            assertSameBytes(cells, set.extents.alignedOutward(alignment, limit));
        }
    }

    @Test
    void alignmentDoesNotOverflowAtTheEndOfAllOffsets() {
        var last = Extents.of(new Extent(Long.MAX_VALUE - 10, 10));
        assertEquals(Extents.between(Long.MAX_VALUE / 4096 * 4096, Long.MAX_VALUE), last.alignedOutward(4096, Long.MAX_VALUE));
    }

    @Test
    void betweenIsEmptyWhereNothingLiesBetween() {
        assertTrue(Extents.between(5, 5).isEmpty());
        assertTrue(Extents.between(6, 5).isEmpty());
        assertEquals(List.of(new Extent(5, 1)), Extents.between(5, 6).asList());
    }

    @Test
    void anExtentHasABeginningALengthAndAnEnd() {
        for (var wrong : List.of(new long[] {-1, 1}, new long[] {0, 0}, new long[] {5, -1}, new long[] {2, Long.MAX_VALUE - 1})) {
            assertThrows(IllegalArgumentException.class, () -> new Extent(wrong[0], wrong[1]));
        }
        assertEquals(Long.MAX_VALUE, new Extent(1, Long.MAX_VALUE - 1).end());
    }

    private static void assertSameBytes(BitSet expected, Extents found) {
        var bits = new BitSet();
        long end = -1;
        for (var extent : found) {
            assertTrue(extent.offset() > end, found + " overlap or touch");
            end = extent.end();
            bits.set((int) extent.offset(), (int) extent.end());
        }
        assertEquals(expected, bits);
    }
}
