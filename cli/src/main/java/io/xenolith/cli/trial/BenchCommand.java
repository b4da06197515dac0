package io.xenolith.cli.trial;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.Temporary;
import io.xenolith.cli.Version;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.backup.DisksIngest;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.codec.Compressor;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.Repository;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.RepositoryKeys;
import io.xenolith.repository.object.Protection;
import io.xenolith.source.raw.RawFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Measures what this machine can do, and what a backup gets of it.
@Command(
        name = "bench",
        description = "Measures how fast this machine hashes, compresses, encrypts, reads and writes, each in one thread, and"
                + " what a backup of a disk image gets of it.",
        footer = {
            "",
            "The image is backed up twice into a repository that is removed afterwards: 'backup' stores everything, 'again'"
                    + " finds it there. A file that was read just now comes out of memory; that is not what a disk can do.",
            "",
            "Examples:",
            "  xenolith bench web.img",
            "  xenolith bench web.img --temp /backup --json",
        })
public final class BenchCommand extends Subcommand {

    private static final int FRAME_BYTES = 1 << 20;
    private static final int SAMPLE_BYTES = 64 << 20;
    private static final int FILE_BYTES = 256 << 20;
    private static final long NANOS_EACH = 1_000_000_000L;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "A raw disk image. Default: 256 MiB that are made up")
    public Optional<Path> file = Optional.empty();

    @Option(names = "--temp", paramLabel = "DIR", description = "Where to write; should be where the repository is to be."
            + " Default: the system's temporary directory")
    public Optional<Path> temp = Optional.empty();

    public BenchCommand(Invocation run) {
        super(run);
    }

    /// What was measured, in bytes a second.
    ///
    /// @param backup      of the image, holes left out of the count
    /// @param again       the same image once more, into the same repository
    /// @param imageBytes  of the image that were read
    /// @param storedBytes that they took
    public record Result(int processors, long hash, long compress, long encrypt, long read, long write, long backup, long again,
            long imageBytes, long storedBytes) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var temporary = Temporary.in(temp.orElseGet(Temporary::systemFolder), "xenolith-bench-")) {
            var written = temporary.path().resolve("written.raw");
            long write = write(written);
            var image = file.orElse(written);
            var sample = sample(image);
            var result = measure(temporary.path().resolve("repository"), image, sample, write);
            run.results().show(result, table(result)::print);
            return ExitCode.DONE;
        }
    }

    private Result measure(Path root, Path image, byte[] sample, long write) throws IOException, InterruptedException {
        long hash = hash(sample);
        long compress = compress(sample);
        long encrypt = encrypt(sample);
        long read = read(image);
        try (var repository = repository(root)) {
            var first = backup(repository, image);
            var second = backup(repository, image);
            return new Result(Runtime.getRuntime().availableProcessors(), hash, compress, encrypt, read, write, first.rate(),
                    second.rate(), first.bytes(), first.stored());
        }
    }

    private static Table table(Result result) {
        return new Table("WHAT", ">RATE", "HOW").row("hash", rate(result.hash()), "SHA-256, one thread")
                .row("compress", rate(result.compress()), "zstd level 3, one thread")
                .row("encrypt", rate(result.encrypt()), "AES-256-GCM, one thread")
                .row("read", rate(result.read()), "the image, one thread")
                .row("write", rate(result.write()), "a new file, synced, one thread")
                .row("backup", rate(result.backup()), "%s read, %s stored, %d processors".formatted(
                        ByteSize.format(result.imageBytes()), ByteSize.format(result.storedBytes()), result.processors()))
                .row("again", rate(result.again()), "the same image, which is there already");
    }

    private static String rate(long bytesPerSecond) {
        return ByteSize.format(bytesPerSecond) + "/s";
    }

    private static long perSecond(long bytes, long start) {
        return Math.round(bytes * 1e9 / Math.max(1, System.nanoTime() - start));
    }

    private static long write(Path file) throws IOException {
        long start = System.nanoTime();
        try (var channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            for (int at = 0; at < FILE_BYTES; at += FRAME_BYTES) {
                var bytes = ByteBuffer.wrap(SampleData.bytes(at, FRAME_BYTES));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            channel.force(true);
        }
        return perSecond(FILE_BYTES, start);
    }

    /// Data of the image, without holes, for what goes on in memory.
    private static byte[] sample(Path image) throws IOException {
        try (var source = RawFile.open(image)) {
            var sample = ByteBuffer.allocate(SAMPLE_BYTES);
            for (long at = 0; at + FRAME_BYTES <= source.size() && sample.hasRemaining(); at += FRAME_BYTES) {
                int begin = sample.position();
                source.read(at, sample.limit(begin + FRAME_BYTES));
                boolean zeros = Chunking.isZero(sample.array(), begin, Chunking.BLOCK_BYTES);
                sample.limit(SAMPLE_BYTES).position(zeros ? begin : begin + FRAME_BYTES);
            }
            return sample.position() == 0 ? SampleData.bytes(0, SAMPLE_BYTES)
                    : Arrays.copyOf(sample.array(), sample.position());
        }
    }

    /// A step of a measurement: takes one frame of the sample.
    private interface Step {
        void take(byte[] bytes, int offset);
    }

    private static long repeat(byte[] sample, Step step) {
        long start = 0;
        long bytes = 0;
        for (int round = 0; round < 2; round++) { // the first one is for the JIT compiler
            start = System.nanoTime();
            bytes = 0;
            while (System.nanoTime() - start < NANOS_EACH) {
                step.take(sample, (int) (bytes % (sample.length / FRAME_BYTES * (long) FRAME_BYTES)));
                bytes += FRAME_BYTES;
            }
        }
        return perSecond(bytes, start);
    }

    private static long hash(byte[] sample) {
        var hasher = ChunkIdentity.plain().newHasher();
        int chunk = Chunking.DEFAULT.meanBytes();
        return repeat(sample, (bytes, offset) -> {
            for (int at = 0; at < FRAME_BYTES; at += chunk) {
                hasher.id(bytes, offset + at, chunk);
            }
        });
    }

    private static long compress(byte[] sample) {
        try (var compressor = new Compressor(Compression.DEFAULT)) {
            return repeat(sample, (bytes, offset) -> compressor.compress(bytes, offset, FRAME_BYTES));
        }
    }

    private static long encrypt(byte[] sample) {
        try (var key = MasterKey.random(new SecureRandom())) {
            var seal = Protection.encryption(key).seal("xenolith bench", "sample");
            var counter = new long[1];
            return repeat(sample, (bytes, offset) -> seal.close(counter[0]++, new byte[0], bytes, offset, FRAME_BYTES));
        }
    }

    private static long read(Path image) throws IOException {
        try (var source = RawFile.open(image)) {
            var buffer = ByteBuffer.allocate(FRAME_BYTES);
            long start = System.nanoTime();
            long bytes = 0;
            for (long at = 0; at < source.size() && System.nanoTime() - start < 4 * NANOS_EACH; at += FRAME_BYTES) {
                buffer.clear().limit((int) Math.min(FRAME_BYTES, source.size() - at));
                source.read(at, buffer);
                bytes += buffer.position();
            }
            return perSecond(bytes, start);
        }
    }

    private static Repository repository(Path root) throws IOException {
        var place = RepositoryPlace.newDirectory(root);
        var random = new SecureRandom();
        var wanted = new Configuration("0".repeat(32), Instant.now(), Version.text(), Chunking.DEFAULT, Compression.DEFAULT,
                false, Optional.empty());
        var keys = RepositoryKeys.create(place.storage(), wanted, Optional.empty(), Instant.now(), random);
        return new Repository(place, keys, random, _ -> { });
    }

    private record Measured(long bytes, long stored, long rate) {
    }

    private Measured backup(Repository repository, Path image) throws IOException, InterruptedException {
        try (var source = RawFile.open(image); var session = repository.beginBackup(); var progress = run.progress("bench")) {
            long start = System.nanoTime();
            int workers = Runtime.getRuntime().availableProcessors();
            var disk = new DisksIngest(session, workers, progress, repository.random())
                    .ingest(List.of(new DiskInput.Whole("bench", source))).getFirst();
            session.flush();
            return new Measured(disk.bytesRead(), disk.bytesStored(), perSecond(disk.bytesRead(), start));
        }
    }
}
