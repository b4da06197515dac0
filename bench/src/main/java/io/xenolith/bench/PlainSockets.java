package io.xenolith.bench;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a disk's bytes cost on their way through sockets, without a protocol: each byte that comes in over a connection is
/// answered with that connection's share of the disk.
final class PlainSockets implements Closeable {

    private static final int WRITE_BYTES = 1 << 20;

    private final ByteBuffer share;
    private final ServerSocketChannel listener;
    private final List<SocketChannel> clients = new ArrayList<>();

    /// @param socket at which no file is
    /// @param share  what one connection's reader gets
    PlainSockets(Path socket, ByteBuffer share, int connections) throws IOException {
        this.share = share;
        this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        for (int i = 0; i < connections; i++) {
            clients.add(SocketChannel.open(listener.getLocalAddress()));
            var accepted = listener.accept();
            Thread.ofVirtual().start(() -> serve(accepted));
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            for (var asked = ByteBuffer.allocate(1); connection.read(asked.clear()) > 0; ) {
                for (int at = 0; at < share.capacity(); at += WRITE_BYTES) {
                    var part = share.slice(at, Math.min(WRITE_BYTES, share.capacity() - at));
                    while (part.hasRemaining()) {
                        connection.write(part);
                    }
                }
            }
        } catch (IOException _) {
            // the reader sees the end of the stream, and says so
        }
    }

    /// Reads one share through `target`, over and over.
    void read(int connection, ByteBuffer target) throws IOException {
        var client = clients.get(connection);
        client.write(ByteBuffer.allocate(1));
        for (int left = share.capacity(); left > 0; ) {
            target.clear().limit(Math.min(target.capacity(), left));
            while (target.hasRemaining()) {
                int count = client.read(target);
                if (count < 0) {
                    throw new EOFException("the connection ended %d bytes before the end of the share".formatted(left));
                }
                left -= count;
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (var client : clients) {
            client.close(); // ends its server's thread
        }
        listener.close();
    }
}
