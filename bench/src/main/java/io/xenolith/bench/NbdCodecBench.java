package io.xenolith.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.xenolith.nbd.protocol.ChunkHeader;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// NBD messages through one buffer, on one thread. An operation is one message encoded and decoded.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NbdCodecBench {

    private static final int READ_BYTES = 1 << 20;

    private final ByteBuf buffer = Unpooled.directBuffer(64);
    private final byte[] message = new byte[Request.COMPACT_BYTES];
    private long cookie = 1;

    @TearDown
    public void release() {
        buffer.release();
    }

    /// The reference: as many bytes as a request has, written and read as they are.
    @Benchmark
    public byte[] copy() {
        buffer.clear().writeBytes(message).readBytes(message);
        return message;
    }

    @Benchmark
    public Request request() throws NbdProtocolException {
        Request.encode(buffer.clear(), false, 0, Command.READ, cookie++, cookie * READ_BYTES, READ_BYTES);
        return Request.decode(buffer, false);
    }

    @Benchmark
    public SimpleReply simpleReply() throws NbdProtocolException {
        new SimpleReply(0, cookie++).encode(buffer.clear());
        return SimpleReply.decode(buffer);
    }

    /// What stands before the data of a structured reply.
    @Benchmark
    public ChunkHeader structuredReply() throws NbdProtocolException {
        new ChunkHeader(ChunkHeader.DONE, ChunkHeader.DATA, cookie++, ChunkHeader.DATA_PREFIX_BYTES + READ_BYTES)
                .encode(buffer.clear());
        return ChunkHeader.decode(buffer);
    }
}
