package io.xenolith.nbd.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.xenolith.nbd.protocol.NbdProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// What arrives on a connection while it is negotiated, for a thread that waits for a number of bytes. It reads from the
/// socket only while somebody waits, and knows at every switch of protocols whether the server said more than it should.
final class Inbox extends ChannelInboundHandlerAdapter {
    // all fields belong to the event loop
    private final ByteBuf held = Unpooled.buffer(4096);
    private ChannelHandlerContext context;
    private CompletableFuture<ByteBuf> waiting;
    private int wanted;
    private IOException end;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /// The next `bytes` bytes, when they have arrived. One call at a time.
    CompletableFuture<ByteBuf> take(int bytes) {
        var taken = new CompletableFuture<ByteBuf>();
        context.executor().execute(() -> {
            waiting = taken;
            wanted = bytes;
            deliver();
        });
        return taken;
    }

    /// Puts `first` before this handler, which from then on decodes for it.
    CompletableFuture<Void> decodeBy(ChannelHandler first) {
        return atBoundary("before TLS", () -> context.pipeline().addFirst(first));
    }

    /// Lets `successor` have all bytes that come from now on, as they come.
    CompletableFuture<Void> giveWayTo(ChannelHandler successor) {
        return atBoundary("before the first request", () -> {
            context.pipeline().replace(this, null, successor);
            context.channel().config().setAutoRead(true);
        });
    }

    /// Bytes that are here already would be taken for something that they were not sent as; an attacker may have put them
    /// there.
    private CompletableFuture<Void> atBoundary(String where, Runnable change) {
        return CompletableFuture.runAsync(() -> {
            if (held.isReadable()) {
                throw new IllegalStateException(new NbdProtocolException("%d bytes too many from the server %s"
                        .formatted(held.readableBytes(), where)));
            }
            if (end != null) {
                throw new IllegalStateException(end);
            }
            change.run();
        }, context.executor());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        held.discardReadBytes().writeBytes(bytes); // bounded by what was wanted and one buffer of the transport
        bytes.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        deliver();
    }

    private void deliver() {
        if (waiting == null) {
            return;
        }
        if (held.readableBytes() >= wanted) {
            var bytes = held.readBytes(wanted);
            var receiver = waiting;
            waiting = null;
            receiver.complete(bytes);
        } else if (end != null) {
            waiting.completeExceptionally(end);
            waiting = null;
        } else {
            context.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(new EOFException("the server hung up"));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            channelInactive(ctx); // some servers wait for the answer to their TLS goodbye before they hang up
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var real = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        end(real instanceof IOException io ? io : new IOException(real));
        ctx.close();
    }

    private void end(IOException cause) {
        if (end == null) {
            end = cause;
        }
        deliver();
    }
}
