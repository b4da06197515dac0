package io.xenolith.bench;

import io.xenolith.engine.parallel.Crew;
import io.xenolith.nbd.client.NbdAddress;
import io.xenolith.nbd.client.NbdClient;
import io.xenolith.nbd.client.NbdClientOptions;
import io.xenolith.nbd.server.Export;
import io.xenolith.nbd.server.ExportListing;
import io.xenolith.nbd.server.Exports;
import io.xenolith.nbd.server.NbdServer;
import io.xenolith.nbd.server.NbdServerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A disk in memory, read from its beginning to its end by the client from the server, both in this process, over Unix
/// domain sockets; and the same bytes through the same sort of sockets without a protocol. An operation is one MiB.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class NbdBench {

    public static final int DISK_MIB = 64;

    private static final int READ_BYTES = 1 << 20;
    private static final int AHEAD_BYTES = 16 << 20;

    @Param({"1", "4"})
    private int connections;

    private final ByteBuffer disk = ByteBuffer.allocateDirect(DISK_MIB << 20); // what is in it changes nothing here
    private final List<ByteBuffer> targets = new ArrayList<>();
    private Path folder;
    private NbdServer server;
    private NbdClient client;
    private PlainSockets sockets;

    public NbdBench() {
    }

    public NbdBench(int connections) {
        this.connections = connections;
    }

    @Setup(Level.Trial)
    public void connect() throws IOException {
        folder = Files.createTempDirectory("xenolith-bench");
        server = NbdServer.start(NbdServerOptions.unixSocket(folder.resolve("nbd")), new OneDisk(disk));
        client = NbdClient.open(NbdAddress.parse("nbd+unix:///disk?socket=" + folder.resolve("nbd")),
                NbdClientOptions.DEFAULT.withConnections(connections));
        sockets = new PlainSockets(folder.resolve("plain"), disk.slice(0, disk.capacity() / connections), connections);
        Stream.generate(() -> ByteBuffer.allocateDirect(READ_BYTES)).limit(connections).forEach(targets::add);
    }

    @TearDown(Level.Trial)
    public void disconnect() throws IOException {
        sockets.close();
        client.close();
        server.close();
        Files.delete(folder.resolve("plain"));
        Files.delete(folder);
    }

    /// The reference.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public int sockets() throws Exception {
        return each(connection -> sockets.read(connection, targets.get(connection)));
    }

    /// As many callers as connections, each with a share of the disk and one read of 1 MiB under way.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public int reads() throws Exception {
        int share = disk.capacity() / connections;
        return each(connection -> {
            var target = targets.get(connection);
            for (int at = 0; at < share; at += READ_BYTES) {
                client.read((long) connection * share + at, target.clear());
            }
        });
    }

    /// One caller, reading ahead over all connections.
    @Benchmark
    @OperationsPerInvocation(DISK_MIB)
    public long stream() throws IOException {
        long read = 0;
        try (var stream = client.stream(0, disk.capacity(), AHEAD_BYTES)) {
            for (var bytes = stream.next(); bytes != null; bytes = stream.next()) {
                read += bytes.remaining();
            }
        }
        return read;
    }

    private interface Reading {
        void run(int connection) throws IOException;
    }

    private int each(Reading reading) throws Exception {
        var tasks = new ArrayList<Callable<Void>>();
        for (int i = 0; i < connections; i++) {
            int connection = i;
            tasks.add(() -> {
                reading.run(connection);
                return null;
            });
        }
        return Crew.all("bench", tasks.size(), tasks).size();
    }

    /// Under any name.
    private record OneDisk(ByteBuffer content) implements Exports, Export {
        @Override
        public List<ExportListing> list() {
            return List.of();
        }

        @Override
        public Optional<Export> open(String name) {
            return Optional.of(this);
        }

        @Override
        public long size() {
            return content.capacity();
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            target.put(content.slice((int) offset, target.remaining()));
        }

        @Override
        public void close() {
        }
    }
}
