package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.xenolith.nbd.protocol.ChunkHeader;
import io.xenolith.nbd.protocol.ClientFlags;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.Greeting;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionReplyHeader;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/// A client that says exactly what a test tells it to. Every wait of it ends after some seconds.
final class RawClient implements Closeable {
    private static final int PATIENCE_MILLIS = 10_000;

    final Socket socket;
    private final DataInputStream in;

    /// Connects and reads the greeting.
    RawClient(NbdServer server) throws IOException {
        var address = (InetSocketAddress) server.address();
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    static RawClient greeted(NbdServer server) throws IOException {
        return greeted(server, Greeting.FIXED_NEWSTYLE | Greeting.NO_ZEROES);
    }

    static RawClient greeted(NbdServer server, int flags) throws IOException {
        var client = new RawClient(server);
        assertEquals(3, Greeting.decode(client.read(Greeting.BYTES)).flags());
        client.send(out -> new ClientFlags(flags).encode(out));
        return client;
    }

    /// A client that is served.
    static RawClient served(NbdServer server, String export, OptionRequest... before) throws IOException {
        var client = greeted(server);
        for (var option : before) {
            assertEquals(new OptionReply.Ack(), client.ask(option).getLast(), option::toString);
        }
        var replies = client.ask(new OptionRequest.Go(new ExportName(export), List.of()));
        assertEquals(new OptionReply.Ack(), replies.getLast());
        return client;
    }

    interface Message {
        void encode(ByteBuf out);
    }

    void send(Message message) throws IOException {
        var out = Unpooled.buffer();
        message.encode(out);
        socket.getOutputStream().write(out.array(), 0, out.readableBytes());
    }

    /// @return all replies up to the final one
    List<OptionReply> ask(OptionRequest option) throws IOException {
        send(option::encode);
        return replies(option.number());
    }

    List<OptionReply> replies(int option) throws IOException {
        var replies = new ArrayList<OptionReply>();
        do {
            var header = OptionReplyHeader.decode(read(OptionReplyHeader.BYTES), option);
            replies.add(OptionReply.decode(header.type(), read(header.length())));
        } while (!(replies.getLast() instanceof OptionReply.Ack) && !(replies.getLast() instanceof OptionReply.Refusal));
        return replies;
    }

    void request(Command command, int flags, long cookie, long offset, long length) throws IOException {
        send(out -> Request.encode(out, false, flags, command, cookie, offset, length));
    }

    SimpleReply simpleReply() throws IOException {
        return SimpleReply.decode(read(SimpleReply.BYTES));
    }

    record Chunk(ChunkHeader header, ByteBuf payload) {
        ErrorChunk error() throws IOException {
            return ErrorChunk.decode(payload, header.type());
        }
    }

    Chunk chunk() throws IOException {
        var header = ChunkHeader.decode(read(ChunkHeader.STRUCTURED_BYTES));
        return new Chunk(header, read((int) header.length()));
    }

    ByteBuf read(int length) throws IOException {
        var bytes = new byte[length];
        in.readFully(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    /// Whether the server ended the connection, with nothing more to say.
    boolean isCut() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true; // reset, because the server did not read all
        }
    }

    /// Takes whatever comes until the server ends the connection.
    void skipToEnd() throws IOException {
        try {
            while (in.skip(1 << 20) > 0 || in.read() >= 0) { }
        } catch (SocketException e) {
            // reset, because the server did not read all
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
