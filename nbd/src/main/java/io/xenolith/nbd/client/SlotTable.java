package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.NbdProtocolException;

/// The requests in flight on one connection, found by their cookies. Belongs to the connection's event loop.
///
/// A cookie is a running number, with the slot's index in its low bits: an answer to a request of earlier is not taken
/// for one to the slot's present request.
final class SlotTable {
    private static final int INDEX_BITS = 8;

    private final Slot[] slots;
    private final int[] free;
    private int freeCount;
    private long sent;

    SlotTable(int capacity) {
        slots = new Slot[capacity];
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot(i);
            free[i] = i;
        }
        freeCount = capacity;
    }

    int inFlight() {
        return slots.length - freeCount;
    }

    /// A slot that [#use()] would take.
    Slot unused() {
        return slots[free[freeCount - 1]];
    }

    /// Takes [#unused()] and gives it a cookie.
    void use(long nowNanos) {
        var slot = unused();
        freeCount--;
        slot.cookie = ++sent << INDEX_BITS | slot.index;
        slot.sentNanos = nowNanos;
    }

    /// @throws NbdProtocolException if no request with this cookie is in flight
    Slot find(long cookie) throws NbdProtocolException {
        int index = (int) cookie & (1 << INDEX_BITS) - 1;
        if (index < slots.length && slots[index].operation != null && slots[index].cookie == cookie) {
            return slots[index];
        }
        throw new NbdProtocolException("a reply with the cookie %x, which no request has that waits for one".formatted(cookie));
    }

    void release(Slot slot) {
        slot.operation = null;
        free[freeCount++] = slot.index;
    }

    /// The slot whose request was sent first, or null.
    Slot oldest() {
        Slot oldest = null;
        for (var slot : slots) {
            if (slot.operation != null && (oldest == null || slot.cookie < oldest.cookie)) {
                oldest = slot;
            }
        }
        return oldest;
    }
}
