package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;

/// Where the answer to one request goes. Used by that request's task; buffers are released when they are sent.
final class ReplySink {
    /// Pieces of one answer that may wait for the client to take them.
    static final int WINDOW = 2;

    private final Channel channel;
    private final Runnable afterLast;
    private final Semaphore window = new Semaphore(WINDOW);
    private volatile boolean broken;

    /// @param afterLast run on the event loop when the last piece is sent or can never be
    ReplySink(Channel channel, Runnable afterLast) {
        this.channel = channel;
        this.afterLast = afterLast;
    }

    ByteBufAllocator alloc() {
        return channel.alloc();
    }

    /// Sends a piece that others follow; waits while too many are on their way.
    ///
    /// @throws ClosedChannelException if the client is gone
    void send(ByteBuf piece) throws ClosedChannelException, InterruptedException {
        try {
            window.acquire();
        } catch (InterruptedException e) {
            piece.release();
            throw e;
        }
        channel.writeAndFlush(piece).addListener((ChannelFuture sent) -> {
            broken |= !sent.isSuccess();
            window.release();
        });
        if (broken) {
            throw new ClosedChannelException();
        }
    }

    void sendLast(ByteBuf piece) {
        channel.writeAndFlush(piece).addListener(_ -> afterLast.run());
    }
}
