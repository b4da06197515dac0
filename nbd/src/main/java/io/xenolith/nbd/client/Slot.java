package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.StatusChunk;

/// A request in flight. Slots are used again and again; all fields belong to the connection's event loop.
final class Slot {
    final int index;
    final Coverage coverage = new Coverage();
    Operation operation;
    long offset;
    long length;
    int attempts;
    long cookie;
    long sentNanos;
    ErrorChunk error;
    StatusChunk status;

    Slot(int index) {
        this.index = index;
    }

    void begin(Operation of, long from, long bytes, int attemptsBefore) {
        operation = of;
        offset = from;
        length = bytes;
        attempts = attemptsBefore;
        error = null;
        status = null;
        if (of instanceof ReadOperation) {
            coverage.reset(Math.toIntExact(bytes));
        }
    }
}
