package io.xenolith.bench;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.source.qcow2.Qcow2Layout;
import io.xenolith.source.qcow2.Qcow2Stream;
import io.xenolith.source.qcow2.Qcow2Target;
import io.xenolith.source.raw.RawStream;
import io.xenolith.source.raw.StreamTarget;
import io.xenolith.source.vhd.DynamicVhdStream;
import io.xenolith.source.vhd.VhdIdentity;
import io.xenolith.source.vhd.VhdLayout;
import io.xenolith.source.vhd.VhdStream;
import io.xenolith.source.vhd.VhdTarget;
import io.xenolith.source.xva.NewDisk;
import io.xenolith.source.xva.NewOva;
import io.xenolith.source.xva.XvaFormat;
import io.xenolith.source.xva.XvaReader;
import io.xenolith.source.xva.XvaWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
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

/// Disks out of images and into them, all of it in memory and on one thread, without a repository: what a format costs
/// beside raw. An operation is one MiB of disk, holes included, so the figures are MiB per second.
///
/// Compare each with the raw one of its kind: `…In` as a backup takes a stream, `…StreamOut` as a restore writes a pipe,
/// `…FileOut` as it writes a file.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FormatBench {

    public static final int DISK_MIB = 64;

    private static final int DISK_BYTES = DISK_MIB << 20;
    private static final int READ_BYTES = 1 << 20; // what a backup asks a stream for at a time
    private static final int HEADERS_BYTES = 4 << 20; // more than any format puts around a disk of this size
    static final SparseDisk DISK = SparseDisk.generate(DISK_BYTES, 4);

    private final NewOva machine = new NewOva(new UUID(0, 1), "bench", "", 1L << 30, 1, NewOva.Firmware.BIOS,
            List.of(new NewDisk(new UUID(0, 2), "disk", DISK_BYTES, 0, true)));
    private final byte[] ovaXml = machine.xml();
    final byte[] taken = new byte[DISK_BYTES];
    private final MemoryFile file = new MemoryFile(DISK_BYTES + HEADERS_BYTES);
    private final Qcow2Layout qcow2Layout =
            Qcow2Layout.of(DISK.storedIn(new DiskBlocks(DISK_BYTES, Qcow2Layout.CLUSTER_BYTES)));
    private VhdLayout vhdLayout;
    private byte[] xva;
    private byte[] vhd;
    private byte[] qcow2;

    /// Writes the images to be read, each over new bytes: what is a gap in one must not hold parts of another.
    @Setup
    public void prepare() throws IOException {
        vhdLayout = VhdLayout.dynamic(DISK.storedIn(new DiskBlocks(DISK_BYTES, VhdLayout.BLOCK_BYTES)),
                new VhdIdentity(new UUID(0, 3), Instant.EPOCH));
        xva = writeXva(new MemoryFile(DISK_BYTES + HEADERS_BYTES)).streamed();
        vhd = writeVhd(new MemoryFile(DISK_BYTES + HEADERS_BYTES)).content(vhdLayout.fileLength());
        qcow2 = writeQcow2(new MemoryFile(DISK_BYTES + HEADERS_BYTES)).content(qcow2Layout.fileBytes());
    }

    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public int rawIn() throws IOException {
        try (var stream = new RawStream(channel(DISK.bytes()))) {
            return take(stream);
        }
    }

    /// With the checksums of an archive compared.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public int xvaIn() throws IOException {
        try (var archive = XvaReader.open(new ByteArrayInputStream(xva), "memory")) {
            int length = take(archive.next().orElseThrow());
            archive.next(); // finds out how the archive ends
            return length;
        }
    }

    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public int vhdIn() throws IOException {
        try (var stream = (DynamicVhdStream) VhdStream.open("memory", channel(vhd), Path.of(""))) {
            return take(stream); // its blocks are in order, so no scratch directory is needed
        }
    }

    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public int qcow2In() throws IOException {
        try (var image = Qcow2Stream.open("memory", channel(qcow2)); var stream = image.whole()) {
            return take(stream);
        }
    }

    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public MemoryFile rawStreamOut() throws IOException {
        try (var target = new StreamTarget("memory", file.rewind())) {
            DISK.writeTo(target);
        }
        return file;
    }

    /// With checksums, and without the chunks that are holes.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public MemoryFile xvaStreamOut() throws IOException {
        return writeXva(file.rewind());
    }

    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public MemoryFile rawFileOut() throws IOException {
        DISK.writeTo(file);
        return file;
    }

    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public MemoryFile vhdFileOut() throws IOException {
        return writeVhd(file);
    }

    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public MemoryFile qcow2FileOut() throws IOException {
        return writeQcow2(file);
    }

    /// Reads a stream to its end as a backup does.
    private int take(DiskStream stream) throws IOException {
        int at = 0;
        while (at < taken.length) {
            at += (int) stream.skipZeros(taken.length - at);
            var target = ByteBuffer.wrap(taken, at, Math.min(READ_BYTES, taken.length - at));
            stream.read(target);
            if (target.hasRemaining()) {
                throw new IllegalStateException("a disk of %d bytes ends at %d".formatted(DISK_BYTES, target.position()));
            }
            at = target.position();
        }
        return at;
    }

    /// Copies once, as a channel of the system does; [Channels#newChannel] would copy twice.
    private static ReadableByteChannel channel(byte[] bytes) {
        var left = ByteBuffer.wrap(bytes);
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) {
                if (!left.hasRemaining()) {
                    return -1;
                }
                int count = Math.min(left.remaining(), target.remaining());
                target.put(left.slice(left.position(), count));
                left.position(left.position() + count);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {
            }
        };
    }

    private MemoryFile writeXva(MemoryFile to) throws IOException {
        try (var archive = XvaWriter.open(Channels.newOutputStream(to), ovaXml, XvaFormat.PLAIN)) {
            try (var target = archive.disk(machine.diskRef(0), DISK_BYTES)) {
                DISK.writeTo(target);
            }
            archive.finish();
        }
        return to;
    }

    private MemoryFile writeVhd(MemoryFile to) throws IOException {
        try (var target = new VhdTarget(vhdLayout, to)) {
            DISK.writeTo(target);
        }
        return to;
    }

    private MemoryFile writeQcow2(MemoryFile to) throws IOException {
        try (var target = new Qcow2Target(to, qcow2Layout)) {
            DISK.writeTo(target);
        }
        return to;
    }
}
