package io.xenolith.nbd.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.xenolith.nbd.protocol.BlockSizes;
import io.xenolith.nbd.protocol.ClientFlags;
import io.xenolith.nbd.protocol.ExportNameReply;
import io.xenolith.nbd.protocol.Greeting;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionReplyHeader;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/// A connection from its first byte until it transmits, as a conversation that the calling thread holds: each method
/// blocks until the server has answered, at most as long as [NbdTimeouts] allow. For one thread.
///
/// Order: greeting; TLS if the address asks for it, before anything else; then either [#list()] or [#open()] with
/// [#giveWayTo(ChannelHandler)]. Any failure ends the connection with [#close()].
final class Dialogue implements Closeable {
    /// Names that a server may list.
    private static final int MAX_LISTED = 4096;
    /// Replies to any other option, besides one for each thing asked for.
    private static final int MAX_REPLIES = 64;
    /// How much is read from a socket at a time: as long as a short request, and still in a processor's cache.
    private static final int RECEIVE_BYTES = 256 << 10;

    private final NbdAddress address;
    private final NbdClientOptions options;
    private final Channel channel;
    private final Inbox inbox;
    private boolean noZeroes;
    private boolean fixed;
    private String phase = "before its greeting; it may be busy or not serve NBD to this network";

    private Dialogue(NbdAddress address, NbdClientOptions options, Channel channel, Inbox inbox) {
        this.address = address;
        this.options = options;
        this.channel = channel;
        this.inbox = inbox;
    }

    /// Connects, greets and, if the address asks for it, starts TLS.
    ///
    /// @param tls null if and only if the address does not ask for it
    static Dialogue begin(EventLoopGroup group, NbdAddress address, NbdClientOptions options, SslContext tls)
            throws IOException, InterruptedException {
        var inbox = new Inbox();
        var dialogue = new Dialogue(address, options, connect(group, address, options, inbox), inbox);
        try {
            dialogue.greet();
            if (tls != null) {
                dialogue.startTls(tls);
            }
            return dialogue;
        } catch (Throwable e) {
            dialogue.close();
            throw e;
        }
    }

    private static Channel connect(EventLoopGroup group, NbdAddress address, NbdClientOptions options, Inbox inbox)
            throws IOException, InterruptedException {
        boolean tcp = address.endpoint() instanceof NbdAddress.Endpoint.Tcp;
        var bootstrap = new Bootstrap().group(group).handler(inbox)
                .channel(tcp ? NioSocketChannel.class : NioDomainSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(options.timeouts().connect().toMillis()));
        if (tcp) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true);
        }
        IOException failure = null;
        for (var target : resolve(address)) {
            var connecting = bootstrap.connect(target);
            try {
                if (connecting.await().isSuccess()) {
                    return connecting.channel();
                }
            } catch (InterruptedException e) {
                connecting.channel().close();
                throw e;
            }
            failure = new NbdConnectionException("%s: cannot connect: %s".formatted(address, connecting.cause().getMessage()),
                    connecting.cause());
        }
        throw failure;
    }

    /// Resolving blocks, which only this thread may do. A name may have addresses of which only some answer.
    private static List<SocketAddress> resolve(NbdAddress address) throws IOException {
        return switch (address.endpoint()) {
            case NbdAddress.Endpoint.Unix(var socket) -> List.of(UnixDomainSocketAddress.of(socket));
            case NbdAddress.Endpoint.Tcp(var host, int port) -> {
                var targets = new ArrayList<SocketAddress>();
                for (var resolved : InetAddress.getAllByName(host)) {
                    targets.add(new InetSocketAddress(resolved, port));
                }
                yield targets;
            }
        };
    }

    private void greet() throws IOException, InterruptedException {
        var greeting = read(Greeting.BYTES, options.timeouts().greeting(), Greeting::decode);
        phase = "after its greeting";
        var flags = ClientFlags.answering(greeting);
        fixed = flags.fixed();
        noZeroes = flags.noZeroes();
        send(flags::encode);
    }

    private void startTls(SslContext tls) throws IOException, InterruptedException {
        if (!fixed) {
            throw new NbdTlsException("%s: the server cannot do TLS; nothing was sent in the clear".formatted(address), null);
        }
        var reply = ask(new OptionRequest.StartTls(), options.timeouts().option(), 0, _ -> { });
        if (reply instanceof OptionReply.Refusal refusal) {
            throw new NbdTlsException("%s: the server refuses TLS: %s; nothing was sent in the clear"
                    .formatted(address, words(refusal)), null);
        }
        phase = "during the TLS handshake";
        var secured = tls.newHandler(channel.alloc(), options.tls().subject(address), port());
        secured.setHandshakeTimeoutMillis(options.timeouts().option().toMillis());
        await(inbox.decodeBy(secured), options.timeouts().option());
        var handshake = secured.handshakeFuture();
        if (!handshake.await().isSuccess()) {
            throw tlsFailure(handshake.cause());
        }
        phase = "after the TLS handshake; it may want a client certificate";
    }

    private int port() {
        return address.endpoint() instanceof NbdAddress.Endpoint.Tcp tcp ? tcp.port() : NbdAddress.PORT;
    }

    private NbdException tlsFailure(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause(); // the outer ones say no more than that the handshake failed
        }
        boolean judged = root instanceof SSLException || root instanceof GeneralSecurityException;
        if (!judged || root instanceof SslHandshakeTimeoutException) {
            return new NbdConnectionException("%s: the connection broke %s: %s".formatted(address, phase, root), cause);
        }
        return new NbdTlsException("%s: no TLS with this server: %s".formatted(address, root.getMessage()), cause);
    }

    /// The exports that the server names.
    List<OptionReply.Server> list() throws IOException, InterruptedException {
        var listed = new ArrayList<OptionReply.Server>();
        require(ask(new OptionRequest.ListExports(), options.timeouts().option(), MAX_LISTED, reply -> {
            if (reply instanceof OptionReply.Server server) {
                listed.add(server);
            }
        }));
        return listed;
    }

    /// Says that the client leaves; for a connection that will not transmit.
    void abort() throws IOException, InterruptedException {
        try {
            ask(new OptionRequest.Abort(), options.timeouts().option(), 0, _ -> { });
        } catch (NbdConnectionException _) {
            // hanging up without a word is a legal answer
        }
    }

    /// Chooses the form of replies and the contexts, and opens the export.
    Agreed open() throws IOException, InterruptedException {
        if (!fixed || options.exportNameOnly()) {
            return openByName();
        }
        var replies = chooseReplies();
        var contexts = replies == Agreed.Replies.SIMPLE ? Map.<String, Integer>of() : selectContexts();
        var opened = go(List.of(OptionRequest.INFO_BLOCK_SIZE, OptionRequest.INFO_DESCRIPTION), contexts, replies);
        return opened != null ? opened : openByName();
    }

    private Agreed.Replies chooseReplies() throws IOException, InterruptedException {
        if (ask(new OptionRequest.ExtendedHeaders(), options.timeouts().option(), 0, _ -> { }) instanceof OptionReply.Ack) {
            return Agreed.Replies.EXTENDED;
        }
        var structured = ask(new OptionRequest.StructuredReply(), options.timeouts().option(), 0, _ -> { });
        return structured instanceof OptionReply.Ack ? Agreed.Replies.STRUCTURED : Agreed.Replies.SIMPLE;
    }

    private Map<String, Integer> selectContexts() throws IOException, InterruptedException {
        var selected = new HashMap<String, Integer>();
        if (options.contexts().isEmpty()) {
            return selected;
        }
        ask(new OptionRequest.SetContexts(address.export(), options.contexts()), options.timeouts().option(),
                options.contexts().size(), reply -> {
                    if (reply instanceof OptionReply.Context(int id, var name)) {
                        selected.put(name, id);
                    }
                }); // a refusal leaves none, which is an answer too
        return selected;
    }

    /// Opens the export with `GO`, or says null where the server does not know that.
    private Agreed go(List<Integer> kinds, Map<String, Integer> contexts, Agreed.Replies replies)
            throws IOException, InterruptedException {
        var information = new Information();
        var reply = ask(new OptionRequest.Go(address.export(), kinds), options.timeouts().export(), MAX_REPLIES, information);
        if (reply instanceof OptionReply.Refusal refusal) {
            if (refusal.error() == OptionError.UNSUPPORTED && replies != Agreed.Replies.EXTENDED) {
                return null;
            }
            if (refusal.error() == OptionError.INVALID && !kinds.isEmpty()) {
                return go(List.of(), contexts, replies);
            }
            require(refusal);
        }
        if (information.export == null) {
            throw new NbdProtocolException("the server opened the export without saying its size");
        }
        return new Agreed(information.export.size(), requireFlags(information.export.flags()), information.sizes,
                information.description, contexts, replies);
    }

    private static final class Information implements Consumer<OptionReply> {
        private OptionReply.Export export;
        private BlockSizes sizes;
        private String description = "";

        @Override
        public void accept(OptionReply reply) {
            switch (reply) {
                case OptionReply.Export said -> export = said;
                case OptionReply.Sizes said -> sizes = said.sizes();
                case OptionReply.Description said -> description = said.text();
                default -> { } // unasked-for information is legal
            }
        }
    }

    private Agreed openByName() throws IOException, InterruptedException {
        send(new OptionRequest.Export(address.export())::encode);
        phase = "instead of opening the export; the server's log may say why";
        var opened = read(ExportNameReply.bytes(noZeroes), options.timeouts().export(),
                in -> ExportNameReply.decode(in, noZeroes));
        return new Agreed(opened.size(), requireFlags(opened.flags()), null, "", Map.of(), Agreed.Replies.SIMPLE);
    }

    private static TransmissionFlags requireFlags(TransmissionFlags flags) throws NbdProtocolException {
        if (!flags.has(TransmissionFlags.HAS_FLAGS)) {
            throw new NbdProtocolException("transmission flags " + flags + ", of which the first must be set");
        }
        return flags;
    }

    /// Lets `transmission` have the channel. From then on it is not this dialogue's to close.
    void giveWayTo(ChannelHandler transmission) throws IOException, InterruptedException {
        await(inbox.giveWayTo(transmission), options.timeouts().option());
    }

    /// Sends an option and waits for its [OptionReply.Ack] or [OptionReply.Refusal]; what comes before goes to `others`.
    ///
    /// @param most how many others the server may send
    private OptionReply ask(OptionRequest option, Duration timeout, int most, Consumer<OptionReply> others)
            throws IOException, InterruptedException {
        send(option::encode);
        long deadline = System.nanoTime() + timeout.toNanos();
        for (int count = 0; count <= most; count++) {
            var header = read(OptionReplyHeader.BYTES, left(deadline), in -> OptionReplyHeader.decode(in, option.number()));
            var reply = read(header.length(), left(deadline), in -> OptionReply.decode(header.type(), in));
            if (reply instanceof OptionReply.Ack || reply instanceof OptionReply.Refusal) {
                return reply;
            }
            others.accept(reply);
        }
        throw new NbdProtocolException("more than %d replies to option %d".formatted(most, option.number()));
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    private void require(OptionReply reply) throws IOException {
        if (reply instanceof OptionReply.Refusal refusal) {
            var advice = refusal.error() == OptionError.TLS_REQUIRED ? "; use nbds: instead of nbd:" : "";
            throw new NbdRefusedException(refusal.error(), "%s: the server refuses: %s%s".formatted(address, words(refusal), advice));
        }
    }

    /// The server's own words may repeat the export's name, which may be secret.
    private String words(OptionReply.Refusal refusal) {
        var name = address.export();
        boolean repeats = !name.isDefault() && refusal.text().contains(name.value());
        return refusal.text().isEmpty() || repeats ? refusal.error().toString()
                : "%s, \"%s\"".formatted(refusal.error(), refusal.text());
    }

    private interface Decoder<T> {
        T decode(ByteBuf in) throws IOException;
    }

    private <T> T read(int bytes, Duration timeout, Decoder<T> decoder) throws IOException, InterruptedException {
        var in = await(inbox.take(bytes), timeout);
        try {
            return decoder.decode(in);
        } finally {
            in.release();
        }
    }

    private void send(Consumer<ByteBuf> message) {
        var out = channel.alloc().buffer();
        message.accept(out);
        channel.writeAndFlush(out); // where it fails, the wait for the answer ends
    }

    private <T> T await(CompletableFuture<T> future, Duration timeout) throws IOException, InterruptedException {
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new NbdConnectionException("%s: the server was silent for %s %s".formatted(address, timeout, phase), e);
        } catch (ExecutionException e) {
            var cause = e.getCause() instanceof IllegalStateException ? e.getCause().getCause() : e.getCause();
            throw failure(cause);
        }
    }

    private IOException failure(Throwable cause) {
        return switch (cause) {
            case NbdProtocolException violation -> violation;
            case SSLException _ -> new NbdTlsException("%s: %s".formatted(address, cause.getMessage()), cause);
            case EOFException _ -> new NbdConnectionException("%s: the server hung up %s".formatted(address, phase), cause);
            default -> new NbdConnectionException("%s: the connection broke %s: %s".formatted(address, phase, cause), cause);
        };
    }

    @Override
    public void close() {
        channel.close();
    }
}
