package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.StatusChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// The answer to one read.
///
/// Bytes are read into the buffer that goes out, behind the room for their header, and before that header is written:
/// no success is announced that may not come true. Large reads go out piece by piece, so that a request holds little
/// memory; if a later piece fails, an error at its offset ends the answer. A [ReplyForm#SIMPLE] answer cannot tell of
/// errors after its header and is held whole.
final class ReadAnswer {
    /// Data bytes that go out in one buffer, where the form allows to split.
    static final int PIECE = 1 << 20;

    /// Reads shorter than this are not worth a question for holes.
    private static final int ASK_FOR_HOLES = 64 << 10;
    /// Holes shorter than this are sent as zeros: a chunk's header costs both sides more.
    private static final int SHORTEST_HOLE = 4096;
    /// Holes that one read looks for; the rest is sent as data.
    private static final int MOST_HOLES = 4096;

    private final Export export;
    private final Terms terms;
    private final Request request;
    private final ReplySink sink;
    private OptionalLong failedAt = OptionalLong.empty();

    ReadAnswer(Export export, Terms terms, Request request, ReplySink sink) {
        this.export = export;
        this.terms = terms;
        this.request = request;
        this.sink = sink;
    }

    /// Where the bytes begin that could not be read, after [#send()] failed for them.
    OptionalLong failedAt() {
        return failedAt;
    }

    /// How many bytes the answer to a read holds at most at one time.
    static long bytesHeld(Request request, Terms terms) {
        return splits(request, terms) ? Math.min(request.length(), PIECE * (ReplySink.WINDOW + 1L)) : request.length();
    }

    private static boolean splits(Request request, Terms terms) {
        return terms.form().chunked() && (request.flags() & Command.DONT_FRAGMENT) == 0;
    }

    /// What one read brings, in order: `bytes` from `offset` on, either all zeros or to be read.
    private record Run(long offset, int bytes, boolean zeros) {
        int dataBytes() {
            return zeros ? 0 : bytes;
        }
    }

    /// Reads and sends; waits where the client does not take the pieces.
    ///
    /// @return the last piece, still to be sent
    ByteBuf send() throws IOException, InterruptedException {
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
}
