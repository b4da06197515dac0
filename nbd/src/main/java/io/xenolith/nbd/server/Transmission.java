package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.Limits;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.Request;
import java.util.Optional;
import java.util.OptionalLong;

/// Serves one client after the negotiation: decodes requests, begins a task for each, and leaves bytes unread while too
/// many requests, or too many bytes of them, are not answered or the client does not take the answers. Answers go out
/// in the order in which they are ready.
final class Transmission extends PausableDecoder {
    private static final ErrorChunk ENDING =
            new ErrorChunk(NbdError.SHUTDOWN, "the server is being stopped", OptionalLong.empty());

    private final Connection connection;
    private final Export export;
    private final Terms terms;
    private final RequestCheck check;
    private final ServerLimits limits;
    private Request writing; // its payload is arriving; null otherwise
    private ByteBuf payload; // as far as it arrived
    private long toSkip;     // bytes of the payload of a refused request that are still to come
    private long bytesInFlight;
    private boolean disconnecting; // the client sends nothing that counts any more
    private boolean stopping;      // the server answers nothing new

    Transmission(Connection connection, Export export, Terms terms) {
        this.connection = connection;
        this.export = export;
        this.terms = terms;
        this.check = new RequestCheck(export.size(), export instanceof WritableExport, terms);
        this.limits = connection.service().limits();
    }

    @Override
    boolean paused() {
        return writing == null && toSkip == 0 && busy();
    }

    private boolean busy() {
        return connection.tasks() >= limits.requestsInFlight() || bytesInFlight >= limits.bytesInFlight()
                || !context().channel().isWritable();
    }

    @Override
    void step(ByteBuf in) throws NbdProtocolException {
        boolean extended = terms.form().extended();
        if (disconnecting) {
            in.skipBytes(in.readableBytes());
        } else if (toSkip > 0) {
            int now = (int) Math.min(toSkip, in.readableBytes());
            in.skipBytes(now);
            toSkip -= now;
        } else if (writing != null) {
            readPayload(in);
        } else if (in.readableBytes() >= (extended ? Request.EXTENDED_BYTES : Request.COMPACT_BYTES)) {
            accept(Request.decode(in, extended));
        }
    }

    private void accept(Request request) throws NbdProtocolException {
        boolean hasPayload = hasPayload(request);
        if (hasPayload && (request.length() > Limits.PAYLOAD || request.length() < 0)) {
            throw new NbdProtocolException("a payload of %s bytes, at most %d are taken"
                    .formatted(Long.toUnsignedString(request.length()), Limits.PAYLOAD));
        }
        var refusal = stopping ? Optional.of(ENDING) : check.refusal(request);
        if (request.command() == Command.DISCONNECT) {
            disconnecting = true;
            closeWhenAnswered();
        } else if (refusal.isPresent()) {
            toSkip = hasPayload ? request.length() : 0;
            refuse(request, refusal.get());
        } else if (hasPayload) {
            writing = request;
            payload = context().alloc().directBuffer((int) request.length(), (int) request.length());
        } else {
            begin(request, Unpooled.EMPTY_BUFFER);
        }
    }

    private boolean hasPayload(Request request) {
        return terms.form().extended() ? (request.flags() & Command.PAYLOAD_LENGTH) != 0
                : request.command() == Command.WRITE;
    }

    private void readPayload(ByteBuf in) {
        in.readBytes(payload, Math.min(payload.writableBytes(), in.readableBytes()));
        if (!payload.isWritable()) {
            var request = writing;
            var complete = payload;
            writing = null;
            payload = null;
            begin(request, complete);
        }
    }

    private void begin(Request request, ByteBuf payload) {
        long bytes = bytesHeld(request);
        bytesInFlight += bytes;
        connection.begin(new RequestTask(export, terms, request, payload,
                new ReplySink(context().channel(), () -> answered(bytes))));
    }

    private long bytesHeld(Request request) {
        return switch (request.command()) {
            case WRITE -> request.length();
            case READ -> ReadAnswer.bytesHeld(request, terms);
            default -> 0;
        };
    }

    private void refuse(Request request, ErrorChunk error) {
        connection.begin();
        new ReplySink(context().channel(), () -> answered(0))
                .sendLast(terms.form().failure(context().alloc(), request, error));
    }

    private void answered(long bytes) {
        bytesInFlight -= bytes;
        connection.taskEnded();
        if (disconnecting || stopping) {
            closeWhenAnswered();
        }
        resume();
    }

    private void closeWhenAnswered() {
        if (connection.tasks() == 0) {
            close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        resume();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case Connection.Stop _ -> {
                stopping = true;
                closeWhenAnswered();
            }
            case IdleStateEvent idle when stalled(idle) -> close();
            default -> ctx.fireUserEventTriggered(event);
        }
    }

    private boolean stalled(IdleStateEvent event) {
        return switch (event.state()) {
            case WRITER_IDLE -> context().channel().unsafe().outboundBuffer().totalPendingWriteBytes() > 0;
            case READER_IDLE -> !paused() && (writing != null || toSkip > 0 || actualReadableBytes() > 0);
            case ALL_IDLE -> connection.tasks() == 0;
        };
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (payload != null) {
            payload.release();
            payload = null;
        }
    }
}
