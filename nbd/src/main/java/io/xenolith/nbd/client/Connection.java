package io.xenolith.nbd.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.Request;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A connection that transmits: takes pieces from the [Backlog], sends them as requests and delivers the replies. All of it
/// happens on the channel's event loop, but for [#wake()], [#disconnect()] and [#ended()].
///
/// It ends once and for all when the server hangs up, stalls, breaks the protocol or shuts down; what it had taken it then
/// gives back. The reply that was being received, or else the request that waited longest, is charged for the end.
final class Connection extends ChannelInboundHandlerAdapter implements ReplyReader.Listener {
    /// What the first requests ask for: enough for a local server, not yet much for a slow one.
    private static final int FIRST_BYTES = 256 << 10;
    /// The same for servers that can do no more than open an export by name: these work on one request at a time.
    private static final int FIRST_BYTES_SERIAL = 1 << 20;

    private final Agreed agreed;
    private final Backlog backlog;
    private final NbdClientOptions options;
    private final SlotTable slots;
    private final ReplyReader reader;
    private final Pace pace;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Runnable pump = this::pump;
    private final CompletableFuture<IOException> ended = new CompletableFuture<>();
    private volatile boolean useful;
    private volatile ChannelHandlerContext context;
    // the rest belongs to the event loop
    private boolean dead;
    private boolean leaving;
    private long lastByteNanos;

    Connection(Agreed agreed, Backlog backlog, NbdClientOptions options) {
        this.agreed = agreed;
        this.backlog = backlog;
        this.options = options;
        this.slots = new SlotTable(options.depth());
        this.reader = new ReplyReader(agreed, slots, this);
        this.pace = pace(agreed, options);
    }

    private static Pace pace(Agreed agreed, NbdClientOptions options) {
        int alignment = agreed.alignment();
        boolean said = agreed.sizes() != null;
        int first = said ? (int) Math.min(options.requestBytes(), Math.max(FIRST_BYTES, agreed.sizes().preferred()))
                : FIRST_BYTES_SERIAL;
        long most = said ? Math.min(options.requestBytes(), agreed.sizes().maximum()) : options.requestBytes();
        return new Pace(options.depth(), first, (int) Math.max(most, alignment), alignment);
    }

    /// Completes when the connection is over, with the reason.
    CompletableFuture<IOException> ended() {
        return ended;
    }

    /// Blocks until the connection is over; the reason.
    IOException awaitEnd() throws InterruptedException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is only ever completed with a value
        }
    }

    /// Whether any request succeeded.
    boolean useful() {
        return useful;
    }

    /// Says that there may be something to take.
    void wake() {
        var ctx = context;
        if (ctx != null && woken.compareAndSet(false, true)) {
            ctx.executor().execute(pump);
        }
    }

    /// Says goodbye. The connection ends when the server hangs up.
    void disconnect() {
        context.executor().execute(this::sayGoodbye);
    }

    private void sayGoodbye() {
        if (!dead && !leaving) {
            leaving = true;
            var out = context.alloc().buffer(Request.EXTENDED_BYTES);
            Request.encode(out, extended(), 0, Command.DISCONNECT, 0, 0, 0);
            context.writeAndFlush(out, context.voidPromise());
        }
    }

    /// Ends the connection without waiting for anybody.
    void abandon(IOException cause) {
        context.executor().execute(() -> end(cause));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        long patience = Math.min(options.timeouts().stall().toMillis(), options.timeouts().request().toMillis());
        long period = Math.clamp(patience / 8, 5, 1000);
        var ticking = ctx.executor().scheduleWithFixedDelay(this::checkDeadlines, period, period, TimeUnit.MILLISECONDS);
        ended.whenComplete((_, _) -> ticking.cancel(false));
    }

    private boolean extended() {
        return agreed.replies() == Agreed.Replies.EXTENDED;
    }

    private void pump() {
        woken.set(false); // before looking, so that no work is overlooked that comes while looking
        if (dead || leaving) {
            return;
        }
        ByteBuf requests = null;
        long now = System.nanoTime();
        while (slots.inFlight() < pace.depth() && backlog.take(slots.unused(), pace.bytes())) {
            if (slots.inFlight() == 0) {
                lastByteNanos = now;
            }
            var slot = slots.unused();
            slots.use(now);
            if (requests == null) {
                requests = context.alloc().buffer(Request.EXTENDED_BYTES * pace.depth());
            }
            Request.encode(requests, extended(), 0, slot.operation.command(), slot.cookie, slot.offset, slot.length);
        }
        if (requests != null) {
            context.writeAndFlush(requests, context.voidPromise());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var in = (ByteBuf) message;
        try {
            if (!dead) {
                lastByteNanos = System.nanoTime();
                reader.feed(in);
                pump();
            }
        } catch (NbdProtocolException e) {
            end(e);
        } finally {
            in.release();
        }
    }

    @Override
    public void replied(Slot slot) {
        if (slot.error != null) {
            failed(slot);
            return;
        }
        var operation = slot.operation;
        if (operation instanceof StatusOperation question) {
            question.answer(slot.status.extents());
        } else if (slot.length == pace.bytes()) {
            pace.replied(lastByteNanos - slot.sentNanos);
        }
        long length = slot.length;
        slots.release(slot);
        useful = true;
        operation.done(length);
    }

    private void failed(Slot slot) {
        var error = slot.error.error();
        var text = slot.error.text();
        var cause = new IOException(text.isEmpty() ? "the server says " + error : "the server says %s, \"%s\"".formatted(error, text));
        switch (error) {
            case SHUTDOWN -> {
                sayGoodbye(); // the server asks for it; with it go the requests that it will not serve
                end(cause, slot);
            }
            case IO, NO_MEMORY -> retryLater(slot, error, cause);
            case NOT_PERMITTED, INVALID, NO_SPACE, OVERFLOW, NOT_SUPPORTED -> {
                slot.operation.fail(backlog.failure(slot, slot.attempts + 1, error, cause));
                slots.release(slot);
            }
        }
    }

    /// The server's disk may recover. Meanwhile other pieces have the slot.
    private void retryLater(Slot slot, NbdError error, IOException cause) {
        var copy = new Slot(slot.index);
        copy.begin(slot.operation, slot.offset, slot.length, slot.attempts);
        slots.release(slot);
        boolean lastTime = copy.attempts + 1 >= options.retries().attempts();
        long wait = lastTime ? 0 : options.retries().waitAfter(copy.attempts + 1).toMillis();
        context.executor().schedule(() -> backlog.giveBack(copy, true, error, cause), wait, TimeUnit.MILLISECONDS);
    }

    private void checkDeadlines() {
        var oldest = slots.oldest();
        if (dead || oldest == null) {
            return;
        }
        long now = System.nanoTime();
        if (now - lastByteNanos > options.timeouts().stall().toNanos()) {
            end(new IOException("the server was silent for %s although replies are due".formatted(options.timeouts().stall())));
        } else if (now - oldest.sentNanos > options.timeouts().request().toNanos()) {
            end(new IOException("the server has not answered a request within " + options.timeouts().request()), oldest);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(new EOFException(leaving ? "the server hung up after the goodbye"
                : reader.unfinished() != null ? "the server hung up in the middle of a reply" : "the server hung up"));
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
    }

    private void end(IOException cause) {
        end(cause, reader.unfinished() != null ? reader.unfinished() : slots.oldest());
    }

    private void end(IOException cause, Slot charged) {
        if (dead) {
            return;
        }
        dead = true;
        backlog.leave(this);
        if (charged != null && charged.operation != null) {
            giveBack(charged, true, cause);
        }
        for (var slot = slots.oldest(); slot != null; slot = slots.oldest()) {
            giveBack(slot, false, cause);
        }
        context.close().addListener((ChannelFutureListener) _ -> ended.complete(cause));
    }

    private void giveBack(Slot slot, boolean charged, IOException cause) {
        backlog.giveBack(slot, charged, slot.error == null ? null : slot.error.error(), cause);
        slots.release(slot);
    }
}
