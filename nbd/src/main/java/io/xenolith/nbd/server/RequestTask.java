package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.StatusChunk;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;

/// Answers one request that passed its [RequestCheck], on a thread of its own. Whatever happens, exactly one last
/// buffer goes to the [ReplySink].
final class RequestTask implements Runnable {
    private static final System.Logger LOG = System.getLogger(RequestTask.class.getName());

    /// Extents in one block status, over all contexts.
    private static final int MOST_EXTENTS = 1 << 16;

    private final Export export;
    private final Terms terms;
    private final Request request;
    private final ByteBuf payload;
    private final ReplySink sink;
    private final ReadAnswer reading;

    /// @param payload of a write, released by the task; empty for other requests
    RequestTask(Export export, Terms terms, Request request, ByteBuf payload, ReplySink sink) {
        this.export = export;
        this.terms = terms;
        this.request = request;
        this.payload = payload;
        this.sink = sink;
        this.reading = new ReadAnswer(export, terms, request, sink);
    }

    @Override
    public void run() {
        ByteBuf last;
        try {
            last = answer();
        } catch (Throwable e) { // also errors: the request must be answered and its slot freed
            LOG.log(Level.DEBUG, () -> request + " failed: " + e, e);
            last = terms.form().failure(sink.alloc(), request, new ErrorChunk(error(e), text(e), reading.failedAt()));
        } finally {
            payload.release();
        }
        sink.sendLast(last);
    }

    private ByteBuf answer() throws IOException, InterruptedException {
        switch (request.command()) {
            case READ -> {
                return reading.send();
            }
            case BLOCK_STATUS -> {
                return status();
            }
            case CACHE -> export.prefetch(request.offset(), request.length());
            case WRITE -> writable().write(request.offset(), payload.nioBuffer(), has(Command.FUA));
            case WRITE_ZEROES -> writable().zero(request.offset(), request.length(), has(Command.NO_HOLE), has(Command.FUA));
            case TRIM -> writable().trim(request.offset(), request.length(), has(Command.FUA));
            case FLUSH -> flush();
            case DISCONNECT, RESIZE, UNKNOWN -> throw new IllegalStateException(request + " is not for here");
        }
        return terms.form().success(sink.alloc(), request);
    }

    private WritableExport writable() {
        return (WritableExport) export;
    }

    private void flush() throws IOException {
        if (export instanceof WritableExport writable) {
            writable.flush();
        }
    }

    private boolean has(int flag) {
        return (request.flags() & flag) != 0;
    }

    private ByteBuf status() throws IOException {
        var form = terms.form();
        int most = has(Command.ONE_EXTENT) ? 1 : Math.max(1, MOST_EXTENTS / terms.contexts().size());
        var chunks = new ArrayList<StatusChunk>();
        for (var context : terms.contexts()) {
            chunks.add(new StatusChunk(chunks.size(),
                    StatusCollector.collect(export, context, request.offset(), request.length(), most)));
        }
        var out = sink.alloc().directBuffer(chunks.stream().mapToInt(form::statusBytes).sum());
        for (var chunk : chunks) {
            form.writeStatus(out, request, chunk, chunk.context() == chunks.size() - 1);
        }
        return out;
    }

    private static NbdError error(Throwable failure) {
        return switch (failure) {
            case InterruptedException _, ClosedChannelException _ -> NbdError.SHUTDOWN;
            case NoSpaceException _ -> NbdError.NO_SPACE;
            case OutOfMemoryError _ -> NbdError.NO_MEMORY;
            case UnsupportedOperationException _ -> NbdError.NOT_SUPPORTED;
            default -> NbdError.IO;
        };
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
