package io.xenolith.nbd.server;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// How fast other projects' clients read a disk in memory from the server, beside nbdkit's. Not a test: run `main`.
final class ServeSpeed {
    private static final int SIZE = 1 << 30;
    private static final int RUNS = 6;
    private static final int SECONDS = 4;

    private ServeSpeed() {}

    public static void main(String[] arguments) throws Exception {
        var directory = Files.createTempDirectory("serve-speed");
        var certificates = Certificates.make(directory.resolve("pki"));
        var content = ByteBuffer.allocateDirect(SIZE);
        var random = new Random(1);
        for (var longs = content.duplicate(); longs.hasRemaining(); ) {
            longs.putLong(random.nextLong());
        }
        var options = NbdServerOptions.loopback(0)
                .withTls(ServerTls.allowed(certificates.serverCertificate(), certificates.serverKey()));
        try (var server = NbdServer.start(options, new OneDisk(content))) {
            int port = ((InetSocketAddress) server.address()).getPort();
            measure("xenolith", "localhost:" + port, certificates);
            var kit = nbdkit(directory, certificates);
            try {
                Program.output("nbdcopy", "nbd://localhost:" + port + "?tls-type=off", "nbd://localhost:10839?tls-type=off");
                measure("nbdkit  ", "localhost:10839", certificates);
            } finally {
                kit.destroy();
                kit.waitFor();
            }
        }
    }

    private static Process nbdkit(Path directory, Certificates certificates) throws Exception {
        var pid = directory.resolve("pid");
        var kit = new ProcessBuilder("nbdkit", "-f", "-i", "127.0.0.1", "-p", "10839", "-P", pid.toString(), "--tls=on",
                "--tls-certificates=" + certificates.directory(), "memory", "1G").inheritIO().start();
        while (!Files.exists(pid)) {
            Thread.sleep(10);
        }
        return kit;
    }

    private static void measure(String server, String address, Certificates certificates) throws Exception {
        var uris = List.of("nbd://" + address + "?tls-type=off",
                "nbds://" + address + "?tls-certificates=" + certificates.directory());
        for (var uri : uris) {
            for (int connections : new int[] {1, 4}) {
                System.out.printf("%s %-4s %d connections: %.0f MiB/s%n", server, uri.substring(0, uri.indexOf(':')),
                        connections, copySpeed(uri, connections));
            }
            System.out.printf("%s %-4s 4 KiB at random, 16 in flight: %s reads/s%n", server,
                    uri.substring(0, uri.indexOf(':')), Program.output("/usr/bin/python3", "-c", RANDOM_READS, uri, "" + SECONDS).strip());
        }
    }

    /// The best of some runs: others use this machine too.
    private static double copySpeed(String uri, int connections) throws Exception {
        long best = Long.MAX_VALUE;
        for (int run = 0; run < RUNS; run++) {
            long start = System.nanoTime();
            Program.output("nbdcopy", "--no-extents", "--connections=" + connections, "--threads=" + connections, uri, "null:");
            best = Math.min(best, System.nanoTime() - start);
        }
        return (SIZE >> 20) / (best / 1e9);
    }

    private static final String RANDOM_READS = """
            import nbd, random, sys, time
            h = nbd.NBD()
            h.set_uri_allow_local_file(True)
            h.connect_uri(sys.argv[1])
            pages = h.get_size() // 4096
            buffers = [nbd.Buffer(4096) for _ in range(16)]
            done = 0
            def begin(buffer):
                def completed(error):
                    global done
                    assert error.value == 0
                    done += 1
                    free.append(buffer)
                    return 1
                h.aio_pread(buffer, random.randrange(pages) * 4096, completed)
            free = list(buffers)
            end = time.time() + int(sys.argv[2])
            while time.time() < end:
                while free:
                    begin(free.pop())
                h.poll(-1)
            while len(free) < 16:
                h.poll(-1)
            print(done // int(sys.argv[2]))
            """;

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
