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
import java.util.List;
import java.util.OptionalLong;

/// Answers one request that passed its [RequestCheck], on a thread of its own. Whatever happens, exactly one last
/// buffer goes to the [ReplySink].
///
/// Bytes are read into the buffer that goes out, behind the room for their header, and before that header is written:
/// no success is announced that may not come true. Large reads go out piece by piece, so that a request holds little
/// memory; if a later piece fails, an error at its offset ends the answer. A [ReplyForm#SIMPLE] answer cannot tell of
/// errors after its header and is held whole.
final class RequestTask implements Runnable {
    private static final System.Logger LOG = System.getLogger(RequestTask.class.getName());

    /// Data bytes that go out in one buffer, where the form allows to split.
    static final int PIECE = 1 << 20;

    /// Reads shorter than this are not worth a question for holes.
    private static final int ASK_FOR_HOLES = 64 << 10;
    /// Holes shorter than this are sent as zeros: a chunk's header costs both sides more.
    private static final int SHORTEST_HOLE = 4096;
    /// Holes that one read looks for; the rest is sent as data.
    private static final int MOST_HOLES = 4096;
    /// Extents in one block status, over all contexts.
    private static final int MOST_EXTENTS = 1 << 16;

    private final Export export;
    private final Terms terms;
    private final Request request;
    private final ByteBuf payload;
    private final ReplySink sink;
    private OptionalLong failedAt = OptionalLong.empty();

    /// @param payload of a write, released by the task; empty for other requests
    RequestTask(Export export, Terms terms, Request request, ByteBuf payload, ReplySink sink) {
        this.export = export;
        this.terms = terms;
        this.request = request;
        this.payload = payload;
        this.sink = sink;
    }

    @Override
    public void run() {
        ByteBuf last;
        try {
            last = answer();
        } catch (Throwable e) { // also errors: the request must be answered and its slot freed
            LOG.log(Level.DEBUG, () -> request + " failed: " + e, e);
            last = terms.form().failure(sink.alloc(), request, Failures.describe(e, failedAt));
        } finally {
            payload.release();
        }
        sink.sendLast(last);
    }

    private ByteBuf answer() throws IOException, InterruptedException {
        switch (request.command()) {
            case READ -> {
                return read();
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

    /// Whether the answer to a read may be split.
    static boolean splits(Request request, Terms terms) {
        return terms.form().chunked() && (request.flags() & Command.DONT_FRAGMENT) == 0;
    }

    /// What one read brings, in order: `bytes` from `offset` on, either all zeros or to be read.
    private record Run(long offset, int bytes, boolean zeros) {
        int dataBytes() {
            return zeros ? 0 : bytes;
        }
    }

    private ByteBuf read() throws IOException, InterruptedException {
        var batch = new ArrayList<Run>();
        int data = 0;
        for (var run : runs()) {
            if (data + run.dataBytes() > PIECE && data > 0) {
                sink.send(readBatch(batch, false));
                batch.clear();
                data = 0;
            }
            batch.add(run);
            data += run.dataBytes();
        }
        return readBatch(batch, true);
    }

    private List<Run> runs() throws IOException {
        int length = (int) request.length(); // at most Limits.PAYLOAD, by RequestCheck
        if (!splits(request, terms)) {
            return List.of(new Run(request.offset(), length, false));
        }
        var runs = new ArrayList<Run>();
        long at = request.offset();
        long end = at + length;
        long dataFrom = at;
        for (var extent : allocation(length)) {
            if ((extent.flags() & Export.ZERO) != 0 && extent.length() >= SHORTEST_HOLE) {
                addData(runs, dataFrom, at);
                runs.add(new Run(at, (int) extent.length(), true));
                dataFrom = at + extent.length();
            }
            at += extent.length();
        }
        addData(runs, dataFrom, end);
        return runs;
    }

    private List<StatusChunk.Extent> allocation(int length) throws IOException {
        if (length < ASK_FOR_HOLES || !export.hasContext(Export.ALLOCATION)) {
            return List.of();
        }
        return StatusCollector.collect(export, Export.ALLOCATION, request.offset(), length, MOST_HOLES);
    }

    private static void addData(List<Run> runs, long from, long to) {
        for (long at = from; at < to; at += PIECE) {
            runs.add(new Run(at, (int) Math.min(PIECE, to - at), false));
        }
    }

    private ByteBuf readBatch(List<Run> batch, boolean last) throws IOException {
        var form = terms.form();
        int size = batch.stream().mapToInt(run -> run.zeros ? form.holeBytes() : form.dataHeaderBytes() + run.bytes).sum();
        var out = sink.alloc().directBuffer(size, size);
        try {
            for (int i = 0; i < batch.size(); i++) {
                boolean done = last && i == batch.size() - 1;
                var run = batch.get(i);
                if (run.zeros) {
                    form.writeHole(out, request, run.offset, run.bytes, done);
                } else {
                    readData(run, out, done);
                }
            }
            return out;
        } catch (Throwable e) {
            out.release();
            throw e;
        }
    }

    private void readData(Run run, ByteBuf out, boolean done) throws IOException {
        failedAt = OptionalLong.of(run.offset);
        int data = out.writerIndex() + terms.form().dataHeaderBytes();
        var target = out.nioBuffer(data, run.bytes);
        export.read(run.offset, target);
        if (target.hasRemaining()) {
            throw new IOException("%d of %d bytes from %d on were not read".formatted(target.remaining(), run.bytes, run.offset));
        }
        terms.form().writeData(out, request, run.offset, run.bytes, done);
        out.writerIndex(data + run.bytes);
        failedAt = OptionalLong.empty();
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

    /// Turns what went wrong into what a client can be told.
    private static final class Failures {

        static ErrorChunk describe(Throwable failure, OptionalLong offset) {
            return new ErrorChunk(error(failure), text(failure), offset);
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
}
