package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.xenolith.nbd.protocol.ChunkHeader;
import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import io.xenolith.nbd.protocol.StatusChunk;

/// How answers to requests are written: the form that was negotiated.
///
/// A [#SIMPLE] read is one header and all bytes. In the other forms it is a number of chunks, each of data or of a
/// hole, and may end in an error after some of them.
enum ReplyForm {
    SIMPLE, STRUCTURED, EXTENDED;

    boolean extended() {
        return this == EXTENDED;
    }

    boolean chunked() {
        return this != SIMPLE;
    }

    /// What [#writeData] writes, in bytes.
    int dataHeaderBytes() {
        return this == SIMPLE ? SimpleReply.BYTES : headerBytes() + ChunkHeader.DATA_PREFIX_BYTES;
    }

    /// What [#writeHole] writes, in bytes.
    int holeBytes() {
        return headerBytes() + ChunkHeader.HOLE_BYTES;
    }

    /// Writes what stands before `length` bytes of data from `offset` on.
    ///
    /// @param last whether nothing follows them
    void writeData(ByteBuf out, Request request, long offset, int length, boolean last) {
        if (this == SIMPLE) {
            new SimpleReply(0, request.cookie()).encode(out);
            return;
        }
        writeHeader(out, request, ChunkHeader.DATA, ChunkHeader.DATA_PREFIX_BYTES + length, last);
        out.writeLong(offset);
    }

    /// Writes that `length` bytes from `offset` on are zeros. Not for [#SIMPLE].
    void writeHole(ByteBuf out, Request request, long offset, int length, boolean last) {
        writeHeader(out, request, ChunkHeader.HOLE, ChunkHeader.HOLE_BYTES, last);
        out.writeLong(offset).writeInt(length);
    }

    /// Writes what one context says. Not for [#SIMPLE].
    void writeStatus(ByteBuf out, Request request, StatusChunk status, boolean last) {
        writeHeader(out, request, extended() ? ChunkHeader.EXTENDED_STATUS : ChunkHeader.STATUS,
                status.bytes(extended()), last);
        status.encode(out, extended());
    }

    /// What [#writeStatus] writes, in bytes.
    int statusBytes(StatusChunk status) {
        return headerBytes() + status.bytes(extended());
    }

    /// The whole answer to a request that succeeded and has nothing to tell.
    ByteBuf success(ByteBufAllocator alloc, Request request) {
        var out = alloc.directBuffer(headerBytes());
        if (this == SIMPLE) {
            new SimpleReply(0, request.cookie()).encode(out);
        } else {
            writeHeader(out, request, ChunkHeader.NONE, 0, true);
        }
        return out;
    }

    /// The end of the answer to a request that failed, and what came before it counts for nothing.
    ByteBuf failure(ByteBufAllocator alloc, Request request, ErrorChunk error) {
        var out = alloc.heapBuffer(); // direct memory may be what is missing
        if (this == SIMPLE) {
            new SimpleReply(error.error().code(), request.cookie()).encode(out);
            return out;
        }
        int payload = out.writerIndex() + headerBytes();
        out.writerIndex(payload);
        error.encode(out);
        int end = out.writerIndex();
        out.writerIndex(0);
        writeHeader(out, request, error.type(), end - payload, true);
        return out.writerIndex(end);
    }

    private int headerBytes() {
        return switch (this) {
            case SIMPLE -> SimpleReply.BYTES;
            case STRUCTURED -> ChunkHeader.STRUCTURED_BYTES;
            case EXTENDED -> ChunkHeader.EXTENDED_BYTES;
        };
    }

    private void writeHeader(ByteBuf out, Request request, int type, int length, boolean last) {
        var header = new ChunkHeader(last ? ChunkHeader.DONE : 0, type, request.cookie(), length);
        if (extended()) {
            header.encodeExtended(out, request.offset());
        } else {
            header.encode(out);
        }
    }
}
