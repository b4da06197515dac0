package io.xenolith.nbd.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.xenolith.nbd.protocol.ChunkHeader;
import io.xenolith.nbd.protocol.ClientFlags;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.Greeting;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionHeader;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A server that does to its clients whatever a test says, on a port of 127.0.0.1. Each connection runs the script on a
/// thread of its own; when the script returns or fails, the connection is closed.
final class ScriptedServer implements AutoCloseable {

    /// What the server does with one connection.
    interface Script {
        void run(Talk talk) throws Exception;
    }

    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    ScriptedServer(Script script) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(script));
    }

    private void accept(Script script) {
        try {
            while (true) {
                var socket = listener.accept();
                int number = connections.incrementAndGet();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        script.run(new Talk(socket, number));
                    } catch (Exception _) {
                        // the client left, or the script ends like this
                    }
                });
            }
        } catch (IOException _) {
            // closed
        }
    }

    NbdAddress address() {
        return NbdAddress.tcp("127.0.0.1", listener.getLocalPort(), new ExportName("/vdi?session_id=secret"), false);
    }

    NbdAddress tlsAddress() {
        return NbdAddress.tcp("127.0.0.1", listener.getLocalPort(), new ExportName("/vdi?session_id=secret"), true);
    }

    /// How many connections there have been.
    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : sockets) {
            socket.close();
        }
    }

    /// One connection, as its script uses it.
    static final class Talk {
        /// Which connection of the server this is, from 1.
        final int number;
        final Socket socket;
        final DataInputStream in;
        final OutputStream out;

        Talk(Socket socket, int number) throws IOException {
            this.number = number;
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        void send(Consumer<ByteBuf> message) throws IOException {
            var bytes = Unpooled.buffer();
            message.accept(bytes);
            out.write(bytes.array(), 0, bytes.readableBytes());
            out.flush();
        }

        void sendBytes(byte... bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        ByteBuf receive(int bytes) throws IOException {
            var received = new byte[bytes];
            in.readFully(received);
            return Unpooled.wrappedBuffer(received);
        }

        void greet() throws IOException {
            var greeting = new Greeting(Greeting.FIXED_NEWSTYLE | Greeting.NO_ZEROES);
            send(greeting::encode);
            ClientFlags.decode(receive(ClientFlags.BYTES), greeting);
        }

        OptionRequest option() throws IOException {
            var header = OptionHeader.decode(receive(OptionHeader.BYTES));
            return OptionRequest.decode(header.option(), receive(header.length()));
        }

        void answer(OptionRequest option, OptionReply reply) throws IOException {
            send(out -> reply.encode(option.number(), out));
        }

        void refuse(OptionRequest option) throws IOException {
            answer(option, new OptionReply.Refusal(OptionError.UNSUPPORTED, ""));
        }

        /// Greets and negotiates until the export is open.
        void open(long size, Agreed.Replies replies) throws IOException {
            greet();
            negotiate(size, replies, _ -> { });
        }

        /// @param behind what follows the last reply in the same packet
        void negotiate(long size, Agreed.Replies replies, Consumer<ByteBuf> behind) throws IOException {
            while (true) {
                var option = option();
                switch (option) {
                    case OptionRequest.ExtendedHeaders _ when replies == Agreed.Replies.EXTENDED ->
                            answer(option, new OptionReply.Ack());
                    case OptionRequest.StructuredReply _ when replies != Agreed.Replies.SIMPLE ->
                            answer(option, new OptionReply.Ack());
                    case OptionRequest.SetContexts(_, var names) -> {
                        for (int i = 0; i < names.size(); i++) {
                            answer(option, new OptionReply.Context(i, names.get(i)));
                        }
                        answer(option, new OptionReply.Ack());
                    }
                    case OptionRequest.Go _ -> {
                        answer(option, new OptionReply.Export(size, new TransmissionFlags(3)));
                        send(out -> {
                            new OptionReply.Ack().encode(option.number(), out);
                            behind.accept(out);
                        });
                        return;
                    }
                    default -> refuse(option);
                }
            }
        }

        Request request(boolean extended) throws IOException {
            return Request.decode(receive(extended ? Request.EXTENDED_BYTES : Request.COMPACT_BYTES), extended);
        }

        Request request() throws IOException {
            return request(false);
        }

        /// A simple reply with the right bytes.
        void serveSimply(Request request) throws IOException {
            send(new SimpleReply(0, request.cookie())::encode);
            sendBytes(bytes(request.offset(), (int) request.length()));
        }

        void chunk(int flags, int type, long cookie, Consumer<ByteBuf> payload) throws IOException {
            var bytes = Unpooled.buffer();
            payload.accept(bytes);
            send(new ChunkHeader(flags, type, cookie, bytes.readableBytes())::encode);
            out.write(bytes.array(), 0, bytes.readableBytes());
        }

        /// The export's bytes.
        static byte[] bytes(long offset, int length) {
            var bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = RealPeersTest.patternAt(offset + i);
            }
            return bytes;
        }
    }
}
