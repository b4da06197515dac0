package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// Measures how fast a whole export is read and thrown away: `ReadSpeed URI CONNECTIONS ROUNDS [CA.pem]`. Prints MiB/s for
/// each round, first with an [NbdStream], then with one caller for each connection. Waits for a line of input before each
/// round, so that `nbdcopy --no-extents URI null:` can have its turns between them.
final class ReadSpeed {
    private ReadSpeed() {}

    public static void main(String[] arguments) throws Exception {
        var address = NbdAddress.parse(arguments[0]);
        var options = NbdClientOptions.DEFAULT.withConnections(Integer.parseInt(arguments[1]));
        if (arguments.length > 3) {
            options = options.withTls(NbdTls.authorities(Path.of(arguments[3])));
        }
        for (int round = 0; round < Integer.parseInt(arguments[2]); round++) {
            IO.readln();
            try (var client = NbdClient.open(address, options)) {
                System.out.printf("round %d: stream %5.0f MiB/s", round, rate(client, () -> stream(client)));
                System.out.printf(", callers %5.0f MiB/s%n", rate(client, () -> callers(client)));
            }
        }
    }

    private interface Reading {
        void run() throws Exception;
    }

    private static double rate(NbdClient client, Reading reading) throws Exception {
        long began = System.nanoTime();
        reading.run();
        return client.export().size() / 1048576.0 / ((System.nanoTime() - began) / 1e9);
    }

    private static void stream(NbdClient client) throws Exception {
        long read = 0;
        try (var stream = client.stream(0, client.export().size(), 16 << 20)) {
            for (var bytes = stream.next(); bytes != null; bytes = stream.next()) {
                read += bytes.remaining();
            }
        }
        if (read != client.export().size()) {
            throw new AssertionError(read);
        }
    }

    private static void callers(NbdClient client) throws Exception {
        int count = client.export().connections();
        var threads = new Thread[count];
        long share = client.export().size() / count;
        for (int i = 0; i < count; i++) {
            long from = i * share;
            threads[i] = Thread.ofVirtual().start(() -> readAll(client, from, from + share));
        }
        for (var thread : threads) {
            thread.join();
        }
    }

    private static void readAll(NbdClient client, long from, long to) {
        var buffer = ByteBuffer.allocateDirect(Limits.PAYLOAD / 4);
        try {
            for (long at = from; at < to; at += buffer.capacity()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
                client.read(at, buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
