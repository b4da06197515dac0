package io.xenolith.repository.write;

import io.xenolith.engine.chunk.ChunkId;

/// A set of ids in 32 bytes each (and as much air). Safe for use by several threads.
final class ChunkIdSet {

    private static final int STRIPES = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];

    ChunkIdSet() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /// Adds an id, which is not the null id.
    ///
    /// @return whether it was not in the set
    boolean add(ChunkId id) {
        return stripe(id).add(id);
    }

    boolean contains(ChunkId id) {
        return stripe(id).contains(id);
    }

    void remove(ChunkId id) {
        stripe(id).remove(id);
    }

    int size() {
        int size = 0;
        for (var stripe : stripes) {
            size += stripe.size();
        }
        return size;
    }

    private Stripe stripe(ChunkId id) {
        return stripes[(int) id.w1() & STRIPES - 1];
    }

    /// Open addressing with linear probing; four zeros are a free place. Guarded by itself.
    private static final class Stripe {
        private long[] table = new long[4 * 64];
        private int size;

        synchronized int size() {
            return size;
        }

        synchronized boolean contains(ChunkId id) {
            return !isFree(find(id));
        }

        synchronized boolean add(ChunkId id) {
            int place = find(id);
            if (!isFree(place)) {
                return false;
            }
            put(place, id);
            if (++size * 4 * 3 > table.length * 2) {
                grow();
            }
            return true;
        }

        /// Takes an id out and moves back those that had to probe past it.
        synchronized void remove(ChunkId id) {
            int free = find(id);
            if (isFree(free)) {
                return;
            }
            size--;
            put(free, ChunkId.NULL);
            for (int place = next(free); !isFree(place); place = next(place)) {
                var moved = get(place);
                put(place, ChunkId.NULL);
                put(find(moved), moved);
            }
        }

        private void grow() {
            var old = table;
            table = new long[2 * old.length];
            for (int at = 0; at < old.length; at += 4) {
                var id = new ChunkId(old[at], old[at + 1], old[at + 2], old[at + 3]);
                if (!id.isNull()) {
                    put(find(id), id);
                }
            }
        }

        private int find(ChunkId id) {
            int place = (int) id.w0() & table.length / 4 - 1;
            while (!isFree(place) && !get(place).equals(id)) {
                place = next(place);
            }
            return place;
        }

        private int next(int place) {
            return place + 1 & table.length / 4 - 1;
        }

        private boolean isFree(int place) {
            int at = 4 * place;
            return (table[at] | table[at + 1] | table[at + 2] | table[at + 3]) == 0;
        }

        private ChunkId get(int place) {
            int at = 4 * place;
            return new ChunkId(table[at], table[at + 1], table[at + 2], table[at + 3]);
        }

        private void put(int place, ChunkId id) {
            int at = 4 * place;
            table[at] = id.w0();
            table[at + 1] = id.w1();
            table[at + 2] = id.w2();
            table[at + 3] = id.w3();
        }
    }
}
