package io.xenolith.nbd.client;

import io.netty.buffer.ByteBuf;
import io.xenolith.nbd.protocol.Command;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/// A read into a caller's buffer. Its pieces are aligned as the server wants them, so they may begin before what the
/// caller wants and end behind it; only what is wanted is copied.
final class ReadOperation extends Operation {
    private static final int SHUT = 1 << 31;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 << 10);

    private final ByteBuffer target;
    private final int base;
    private final long wanted;
    private final long wantedEnd;
    /// How many event loops are writing into the target, and [#SHUT] once none may begin to.
    private final AtomicInteger writers = new AtomicInteger();

    /// @param alignment of the pieces, a power of two
    /// @param size      of the export, at which the last piece ends
    ReadOperation(long offset, ByteBuffer target, int alignment, long size) {
        super(offset & -alignment, alignedUp(offset + target.remaining(), alignment, size));
        this.target = target;
        this.base = target.position();
        this.wanted = offset;
        this.wantedEnd = offset + target.remaining();
    }

    /// `end` moved up to a multiple of `alignment` or to `size`.
    static long alignedUp(long end, int alignment, long size) {
        long padding = -end & alignment - 1;
        return padding > size - end ? size : end + padding;
    }

    @Override
    Command command() {
        return Command.READ;
    }

    /// Takes the next `length` bytes of `in` as those from `offset` on.
    void receive(long offset, ByteBuf in, int length) {
        long from = Math.max(offset, wanted);
        int count = (int) (Math.min(offset + length, wantedEnd) - from);
        if (count > 0 && enter()) {
            var source = in.internalNioBuffer(in.readerIndex() + (int) (from - offset), count);
            target.put(base + (int) (from - wanted), source, source.position(), count);
            writers.decrementAndGet();
        }
        in.skipBytes(length);
    }

    /// Takes `length` zeros as the bytes from `offset` on.
    void receiveZeros(long offset, int length) {
        long from = Math.max(offset, wanted);
        int count = (int) (Math.min(offset + length, wantedEnd) - from);
        if (count > 0 && enter()) {
            for (int done = 0; done < count; done += ZEROS.capacity()) {
                target.put(base + (int) (from - wanted) + done, ZEROS, 0, Math.min(count - done, ZEROS.capacity()));
            }
            writers.decrementAndGet();
        }
    }

    private boolean enter() {
        int before = writers.get();
        while (before >= 0) {
            if (writers.compareAndSet(before, before + 1)) {
                return true;
            }
            before = writers.get();
        }
        return false;
    }

    /// When this returns, the target is the caller's again, whatever still arrives. A copy that has begun takes
    /// microseconds.
    void shut() {
        writers.accumulateAndGet(SHUT, (now, bit) -> now | bit);
        while (writers.get() != SHUT) {
            Thread.yield();
        }
    }
}
