package io.xenolith.bench;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunker;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.codec.Compressor;
import io.xenolith.engine.codec.CorruptFrameException;
import io.xenolith.engine.codec.Decompressor;
import io.xenolith.engine.crypto.AuthenticationException;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.engine.crypto.ObjectCipher;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Each stage alone, on one thread. An operation is one MiB of disk, so the figures are MiB per second.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StageBench {

    private static final int MIB = 1 << 20;
    private static final int DISK_MIB = 32;

    private final byte[] disk = DiskData.generate(DISK_MIB * MIB, 1);
    private final byte[] frame = DiskData.generate(4 * MIB, 2);
    private final byte[] target = new byte[MIB + ObjectCipher.TAG_BYTES];
    private final ChunkIdentity.Hasher sha256 = ChunkIdentity.plain().newHasher();
    private final ChunkIdentity.Hasher hmac = ChunkIdentity.keyed(new byte[32]).newHasher();
    private final Chunker chunker = new Chunker(Chunking.DEFAULT);
    private final Compressor zstd = new Compressor(Compression.DEFAULT);
    private final Compressor lz4 = new Compressor(Compression.LZ4);
    private final Decompressor decompressor = new Decompressor();
    private final ObjectCipher sealing = ObjectCipher.of(MasterKey.random(new SecureRandom()), "bench", "object");
    private Compressor.Compressed compressed;
    private byte[] sealed;
    private long counter = 1;

    @Setup
    public void prepare() {
        var frozen = zstd.compress(frame, MIB, MIB);
        compressed = new Compressor.Compressed(frozen.codec(),
                Arrays.copyOfRange(frozen.bytes(), frozen.offset(), frozen.offset() + frozen.length()), 0, frozen.length());
        sealed = new byte[ObjectCipher.sealedLength(MIB)];
        sealing.seal(0, new byte[32], frame, 0, MIB, sealed, 0);
    }

    @Benchmark
    public ChunkId sha256() {
        return sha256.id(disk, 0, MIB);
    }

    @Benchmark
    public ChunkId hmac() {
        return hmac.id(disk, 0, MIB);
    }

    @Benchmark
    public Compressor.Compressed zstd() {
        return zstd.compress(frame, MIB, MIB);
    }

    @Benchmark
    public Compressor.Compressed lz4() {
        return lz4.compress(frame, MIB, MIB);
    }

    @Benchmark
    public byte[] unzstd() throws CorruptFrameException {
        decompressor.decompress(compressed.codec(), compressed.bytes(), 0, compressed.length(), target, 0, MIB);
        return target;
    }

    @Benchmark
    public int seal() {
        return sealing.seal(counter++, new byte[32], frame, 0, MIB, target, 0);
    }

    @Benchmark
    public int open() throws AuthenticationException {
        return sealing.open(0, new byte[32], sealed, 0, sealed.length, target, 0);
    }

    /// Finding holes and boundaries.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public long cut() throws IOException {
        var total = new long[1];
        chunker.cut(0, disk.length, new Chunker.Input() {
            @Override
            public long zerosFrom(long offset, long limit) {
                return 0;
            }

            @Override
            public void read(long offset, byte[] to, int at, int length) {
                System.arraycopy(disk, (int) offset, to, at, length);
            }
        }, (_, _, _, length) -> total[0] += length);
        return total[0];
    }
}
