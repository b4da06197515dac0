package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A fixed VHD that arrives in a stream: the disk's bytes, then the footer, which is checked against them before the
/// stream says that it has ended. For use by one thread at a time.
public final class FixedVhdStream implements DiskStream, VhdStream {

    private final ForwardInput in;

    /// What came and was not given on: always the last bytes so far, since they may be the footer.
    private final ByteBuffer held = ByteBuffer.allocate(1 << 16);
    private boolean ended;

    /// @param start the stream's first bytes, which `in` has passed
    FixedVhdStream(ForwardInput in, byte[] start) {
        this.in = in;
        held.put(start).flip();
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        while (target.hasRemaining() && (hasMore() || !ended)) {
            if (hasMore()) {
                int count = Math.min(target.remaining(), held.remaining() - kept());
                target.put(held.slice(held.position(), count));
                held.position(held.position() + count);
            } else {
                fill();
            }
        }
    }

    private boolean hasMore() {
        return held.remaining() > kept();
    }

    /// How many of the held bytes are not the disk's, or not surely.
    private int kept() {
        return ended ? (int) (in.position() - VhdFooter.offsetAtEnd(in.position())) : VhdFooter.BYTES;
    }

    private void fill() throws IOException {
        held.compact();
        in.readToEnd(held);
        ended = held.hasRemaining();
        held.flip();
        if (ended) {
            requireFooter();
        }
    }

    private void requireFooter() throws VhdException {
        long footerAt = VhdFooter.offsetAtEnd(in.position());
        var last = new byte[kept()];
        held.get(held.limit() - last.length, last);
        var bytes = VhdFooter.completed(last);
        if (!VhdFooter.isClaimedBy(bytes)) {
            throw new TruncatedVhdException(in.name(), in.position(),
                    "the stream began without a footer and ends without one; it is cut off, or no VHD");
        }
        var footer = VhdFooter.decode(bytes, in.name(), footerAt);
        if (footer.type() != VhdFooter.Type.FIXED) {
            throw new DamagedVhdException(in.name(), footerAt,
                    "the footer is not a fixed disk's, but the image does not begin with its copy");
        }
        footer.requireFixedSize(footerAt, in.name());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
