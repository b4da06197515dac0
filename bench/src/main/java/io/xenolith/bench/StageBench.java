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
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Each stage alone, on one thread, and beside it what the library does without us. An operation is one MiB of disk, so the
/// figures are MiB per second.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StageBench {

    private static final int MIB = 1 << 20;
    private static final int CHUNK_BYTES = Chunking.DEFAULT.meanBytes();

    /// What [#cut()] takes at a time.
    public static final int DISK_MIB = 32;

    private final byte[] disk = DiskData.generate(DISK_MIB * MIB, 1);
    private final byte[] copy = new byte[Chunker.READ_BYTES];
    private final byte[] frame = DiskData.generate(4 * MIB, 2);
    private final byte[] target = new byte[MIB + ObjectCipher.TAG_BYTES];
    private final ChunkIdentity.Hasher plain = ChunkIdentity.plain().newHasher();
    private final ChunkIdentity.Hasher keyed = ChunkIdentity.keyed(new byte[32]).newHasher();
    private final Chunker chunker = new Chunker(Chunking.DEFAULT);
    private final CRC32C crc = new CRC32C();
    private final Compressor zstd = new Compressor(Compression.DEFAULT);
    private final Compressor lz4 = new Compressor(Compression.LZ4);
    private final LZ4Compressor bareLz4 = LZ4Factory.fastestInstance().fastCompressor();
    private final byte[] lz4Target = new byte[bareLz4.maxCompressedLength(MIB)];
    private final Decompressor decompressor = new Decompressor();
    private final MasterKey key = MasterKey.random(new SecureRandom());
    private final ObjectCipher sealing = ObjectCipher.of(key, "bench", "object");
    private final BareTools bare = new BareTools();
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

    /// Ids of chunks of 64 KiB.
    @Benchmark
    public ChunkId id() {
        return ids(plain);
    }

    /// The same in an encrypted repository.
    @Benchmark
    public ChunkId keyedId() {
        return ids(keyed);
    }

    private ChunkId ids(ChunkIdentity.Hasher hasher) {
        var id = ChunkId.NULL;
        for (int at = 0; at < MIB; at += CHUNK_BYTES) {
            id = hasher.id(disk, at, CHUNK_BYTES);
        }
        return id;
    }

    @Benchmark
    public byte[] bareSha256() throws GeneralSecurityException {
        return bare.sha256(disk, 0, MIB);
    }

    @Benchmark
    public byte[] bareHmac() throws GeneralSecurityException {
        return bare.hmac(disk, 0, MIB);
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

    /// A copy and a checksum of each page, holes among them.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public long bareCrc() {
        long sum = 0;
        for (int at = 0; at < disk.length; at += Chunker.READ_BYTES) {
            System.arraycopy(disk, at, copy, 0, Chunker.READ_BYTES);
            for (int page = 0; page < Chunker.READ_BYTES; page += Chunking.PAGE_BYTES) {
                crc.reset();
                crc.update(copy, page, Chunking.PAGE_BYTES);
                sum += crc.getValue();
            }
        }
        return sum;
    }

    @Benchmark
    public Compressor.Compressed zstd() {
        return zstd.compress(frame, MIB, MIB);
    }

    @Benchmark
    public int bareZstd() {
        return bare.zstd(frame, MIB, MIB);
    }

    @Benchmark
    public Compressor.Compressed lz4() {
        return lz4.compress(frame, MIB, MIB);
    }

    @Benchmark
    public int bareLz4() {
        return bareLz4.compress(frame, MIB, MIB, lz4Target, 0);
    }

    @Benchmark
    public byte[] unzstd() throws CorruptFrameException {
        decompressor.decompress(compressed.codec(), compressed.bytes(), 0, compressed.length(), target, 0, MIB);
        return target;
    }

    @Benchmark
    public int bareUnzstd() {
        return bare.unzstd(compressed.bytes(), 0, compressed.length(), target, 0, MIB);
    }

    @Benchmark
    public int seal() {
        return sealing.seal(counter++, new byte[32], frame, 0, MIB, target, 0);
    }

    /// The reference of both, see [BareTools#seal].
    @Benchmark
    public int bareSeal() throws GeneralSecurityException {
        return bare.seal(frame, 0, MIB);
    }

    @Benchmark
    public int open() throws AuthenticationException {
        return sealing.open(0, new byte[32], sealed, 0, sealed.length, target, 0);
    }

    @TearDown
    public void close() {
        bare.close();
        zstd.close();
        lz4.close();
        decompressor.close();
        key.close();
    }
}
