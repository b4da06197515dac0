package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.lang.System.Logger.Level;
import java.util.List;

/// A decoder that acts on what it decodes and can leave bytes where they are: while it is paused, neither what it has
/// is looked at nor the socket read, so a client can make it hold no more than one receive buffer besides the message
/// it waits for. Event loop only.
abstract class PausableDecoder extends ByteToMessageDecoder {
    private static final System.Logger LOG = System.getLogger(PausableDecoder.class.getName());

    private ChannelHandlerContext context;
    private boolean stepping;
    private boolean closing;

    /// Decodes one step's worth from `in`; leaving all of it there says that more is needed.
    abstract void step(ByteBuf in) throws Exception;

    /// Whether bytes must wait.
    abstract boolean paused();

    final ChannelHandlerContext context() {
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
    }

    @Override
    protected final void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (closing) {
            in.skipBytes(in.readableBytes());
            return;
        }
        stepping = true;
        try {
            if (!paused()) {
                step(in);
            }
        } finally {
            stepping = false;
        }
        ctx.channel().config().setAutoRead(!paused());
    }

    /// The end of the input completes no message.
    @Override
    protected final void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    }

    /// The inherited method would ask for more whenever nothing was decoded, paused or not.
    @Override
    public final void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    /// Goes on with what waited, if nothing holds it back any more. A step need not be told: the next one looks anew.
    final void resume() {
        if (stepping || paused() || closing || context.isRemoved()) {
            return;
        }
        context.channel().config().setAutoRead(true);
        try {
            channelRead(context, Unpooled.EMPTY_BUFFER); // decodes what is there
        } catch (Exception e) {
            exceptionCaught(context, e);
        }
    }

    /// Sends what was written, then closes; TLS says goodbye by itself.
    final void close() {
        closing = true;
        context.close();
    }

    final boolean closing() {
        return closing;
    }

    /// What a peer does wrong, or the network, ends its connection and concerns nobody else.
    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.log(Level.DEBUG, () -> "connection " + ctx.channel().remoteAddress() + " given up: " + cause, cause);
        close();
    }
}
