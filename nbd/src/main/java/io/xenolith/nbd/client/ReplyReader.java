package io.xenolith.nbd.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.xenolith.nbd.protocol.ChunkHeader;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.SimpleReply;
import io.xenolith.nbd.protocol.StatusChunk;
import java.util.OptionalLong;

/// Takes replies apart as their bytes arrive. Data go from the transport's buffer straight to the reader's; only headers
/// and small payloads that are torn between two buffers are gathered here. Belongs to the connection's event loop.
///
/// Every number in a reply is held against the request before it is used. After an [NbdProtocolException] nothing more
/// may be fed.
final class ReplyReader {

    /// Hears of complete replies.
    interface Listener {
        /// The reply to `slot` is complete: its error or status is set, or all data have been delivered.
        void replied(Slot slot) throws NbdProtocolException;
    }

    private enum State { HEADER, PAYLOAD, DATA }

    private static final int MAGIC_BYTES = 4;

    private final Agreed agreed;
    private final SlotTable slots;
    private final Listener listener;
    private final ByteBuf gathered = Unpooled.buffer(64);

    private State state = State.HEADER;
    private Slot slot;
    private int chunkType;
    private int chunkBytes;
    private boolean last;
    private int payloadBytes;
    private long dataOffset;
    private int dataLeft;

    ReplyReader(Agreed agreed, SlotTable slots, Listener listener) {
        this.agreed = agreed;
        this.slots = slots;
        this.listener = listener;
    }

    /// The request whose reply has begun and not ended, or null.
    Slot unfinished() {
        return state == State.HEADER ? null : slot;
    }

    void feed(ByteBuf in) throws NbdProtocolException {
        while (in.isReadable()) {
            switch (state) {
                case HEADER -> readHeader(in);
                case PAYLOAD -> readPayload(in);
                case DATA -> readData(in);
            }
        }
    }

    private void readHeader(ByteBuf in) throws NbdProtocolException {
        if (!gather(in, MAGIC_BYTES)) {
            return;
        }
        int magic = gathered.getInt(0);
        if (!gather(in, headerBytes(magic))) {
            return;
        }
        if (magic == SimpleReply.MAGIC) {
            begin(SimpleReply.decode(gathered));
        } else {
            begin(agreed.replies() == Agreed.Replies.EXTENDED ? ChunkHeader.decodeExtended(gathered)
                    : ChunkHeader.decode(gathered));
        }
        gathered.clear();
    }

    private int headerBytes(int magic) throws NbdProtocolException {
        boolean extended = agreed.replies() == Agreed.Replies.EXTENDED;
        if (magic == ChunkHeader.EXTENDED_MAGIC && extended) {
            return ChunkHeader.EXTENDED_BYTES;
        }
        if (magic == ChunkHeader.STRUCTURED_MAGIC && agreed.replies() == Agreed.Replies.STRUCTURED) {
            return ChunkHeader.STRUCTURED_BYTES;
        }
        if (magic == SimpleReply.MAGIC && !extended) {
            return SimpleReply.BYTES;
        }
        throw new NbdProtocolException("%08x where a reply should begin".formatted(magic));
    }

    private void begin(SimpleReply reply) throws NbdProtocolException {
        slot = slots.find(reply.cookie());
        boolean isRead = slot.operation.command() == Command.READ;
        if (isRead && agreed.replies() == Agreed.Replies.STRUCTURED) {
            throw new NbdProtocolException("a read answered by a simple reply, although structured ones were agreed on");
        }
        if (reply.error() != 0) {
            slot.error = new ErrorChunk(NbdError.of(reply.error()), "", OptionalLong.empty());
            listener.replied(slot);
        } else if (isRead) {
            last = true;
            beginData(slot.offset, (int) slot.length);
        } else {
            throw new NbdProtocolException("success without a block status");
        }
    }

    private void begin(ChunkHeader header) throws NbdProtocolException {
        slot = slots.find(header.cookie());
        requireLength(header);
        chunkType = header.type();
        chunkBytes = (int) header.length();
        last = header.done();
        payloadBytes = chunkType == ChunkHeader.DATA ? ChunkHeader.DATA_PREFIX_BYTES : chunkBytes;
        if (payloadBytes > 0) {
            state = State.PAYLOAD;
        } else {
            endChunk();
        }
    }

    private void requireLength(ChunkHeader header) throws NbdProtocolException {
        boolean isRead = slot.operation.command() == Command.READ;
        long length = header.length();
        boolean fits = switch (header.type()) {
            case ChunkHeader.NONE -> length == 0 && header.done();
            case ChunkHeader.DATA -> isRead && length > ChunkHeader.DATA_PREFIX_BYTES
                    && length <= slot.length + ChunkHeader.DATA_PREFIX_BYTES;
            case ChunkHeader.HOLE -> isRead && length == ChunkHeader.HOLE_BYTES;
            case ChunkHeader.STATUS -> !isRead && agreed.replies() == Agreed.Replies.STRUCTURED
                    && length > 0 && length <= StatusChunk.MAX_BYTES;
            case ChunkHeader.EXTENDED_STATUS -> !isRead && agreed.replies() == Agreed.Replies.EXTENDED
                    && length > 0 && length <= StatusChunk.MAX_BYTES;
            default -> header.isError() && length >= 0 && length <= ErrorChunk.MAX_BYTES;
        };
        if (!fits) {
            throw new NbdProtocolException("a chunk of type %x with %s bytes does not answer %s of %d bytes".formatted(
                    header.type(), Long.toUnsignedString(length), slot.operation.command(), slot.length));
        }
    }

    private void readPayload(ByteBuf in) throws NbdProtocolException {
        if (!gather(in, payloadBytes)) {
            return;
        }
        switch (chunkType) {
            case ChunkHeader.DATA -> takeData(gathered.readLong(), chunkBytes - ChunkHeader.DATA_PREFIX_BYTES);
            case ChunkHeader.HOLE -> takeHole(gathered.readLong(), gathered.readUnsignedInt());
            case ChunkHeader.STATUS -> takeStatus(StatusChunk.decode(gathered, false));
            case ChunkHeader.EXTENDED_STATUS -> takeStatus(StatusChunk.decode(gathered, true));
            default -> takeError(ErrorChunk.decode(gathered, chunkType));
        }
        gathered.clear();
        if (gathered.capacity() > 1 << 16) {
            gathered.capacity(64); // a long block status is rare, and its room is not kept
        }
    }

    private void takeData(long offset, int length) throws NbdProtocolException {
        cover(offset, length);
        beginData(offset, length);
    }

    private void takeHole(long offset, long length) throws NbdProtocolException {
        cover(offset, length);
        ((ReadOperation) slot.operation).receiveZeros(offset, (int) length);
        endChunk();
    }

    private void takeError(ErrorChunk error) throws NbdProtocolException {
        slot.error = error;
        endChunk();
    }

    private void cover(long offset, long length) throws NbdProtocolException {
        long from = offset - slot.offset;
        if (from < 0 || from >= slot.length || length < 1 || length > slot.length - from) {
            throw new NbdProtocolException("%d bytes at %s answer a read of %d bytes at %d"
                    .formatted(length, Long.toUnsignedString(offset), slot.length, slot.offset));
        }
        if (!slot.coverage.add((int) from, (int) length)) {
            throw new NbdProtocolException("%d bytes at %d came twice".formatted(length, offset));
        }
    }

    private void takeStatus(StatusChunk status) throws NbdProtocolException {
        var id = agreed.contexts().get(((StatusOperation) slot.operation).context());
        if (!agreed.contexts().containsValue(status.context())) {
            throw new NbdProtocolException("a block status of context %x, which was not selected".formatted(status.context()));
        }
        if (id != null && id == status.context()) {
            if (slot.status != null) {
                throw new NbdProtocolException("a second block status of the same context");
            }
            slot.status = status;
        }
        endChunk();
    }

    private void beginData(long offset, int length) {
        dataOffset = offset;
        dataLeft = length;
        state = State.DATA;
    }

    private void readData(ByteBuf in) throws NbdProtocolException {
        int length = Math.min(dataLeft, in.readableBytes());
        ((ReadOperation) slot.operation).receive(dataOffset, in, length);
        dataOffset += length;
        dataLeft -= length;
        if (dataLeft == 0) {
            if (agreed.replies() == Agreed.Replies.SIMPLE) {
                slot.coverage.add(0, (int) slot.length);
            }
            endChunk();
        }
    }

    private void endChunk() throws NbdProtocolException {
        state = State.HEADER;
        if (!last) {
            return;
        }
        if (slot.error == null) {
            requireComplete();
        }
        listener.replied(slot);
    }

    private void requireComplete() throws NbdProtocolException {
        switch (slot.operation) {
            case ReadOperation _ when !slot.coverage.complete() ->
                    throw new NbdProtocolException("a read of %d bytes at %d was answered in parts only"
                            .formatted(slot.length, slot.offset));
            case StatusOperation _ when slot.status == null ->
                    throw new NbdProtocolException("a block status was asked for and did not come");
            case ReadOperation _, StatusOperation _ -> { }
        }
    }

    /// Moves bytes from `in` until `wanted` are gathered; false if `in` ends before.
    private boolean gather(ByteBuf in, int wanted) {
        int missing = wanted - gathered.writerIndex();
        if (missing > 0) {
            gathered.writeBytes(in, Math.min(missing, in.readableBytes()));
        }
        return gathered.writerIndex() >= wanted;
    }
}
