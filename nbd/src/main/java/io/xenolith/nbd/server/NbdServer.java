package io.xenolith.nbd.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A running NBD server. It speaks the fixed newstyle negotiation, with TLS if configured, and serves reads, writes and
/// metadata contexts of whatever [Exports] it is given.
///
/// Event loops, one for each processor, do the protocol and TLS; everything that may block runs on virtual threads,
/// as many as [ServerLimits] lets clients keep busy. All methods may be called from any thread.
public final class NbdServer implements Closeable {
    /// How long an interrupted task or a cut connection may take to end; those who need longer are left behind.
    private static final Duration LAST_RESORT = Duration.ofSeconds(5);

    private final ServerLimits limits;
    private final Attendance attendance;
    private final ExecutorService workers;
    private final EventLoopGroup loops;
    private Channel listener;

    private NbdServer(ServerLimits limits) {
        this.limits = limits;
        this.attendance = new Attendance(limits);
        this.workers = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("nbd-request-", 0).factory());
        this.loops = new MultiThreadIoEventLoopGroup(Runtime.getRuntime().availableProcessors(),
                new DefaultThreadFactory("nbd-server", true), NioIoHandler.newFactory());
    }

    /// Listens from now on, until [#close()].
    ///
    /// @throws IOException if the address cannot be listened at, or a certificate or key cannot be used
    public static NbdServer start(NbdServerOptions options, Exports exports) throws IOException {
        var server = new NbdServer(options.limits());
        try {
            server.listen(options, exports);
            return server;
        } catch (Throwable e) {
            server.close();
            throw e;
        }
    }

    private void listen(NbdServerOptions options, Exports exports) throws IOException {
        var tls = options.tls();
        var service = new Service(exports, options.listing(), limits,
                tls.isPresent() ? Optional.of(TlsContext.load(tls.get())) : Optional.empty(),
                tls.isPresent() && tls.get().required(), workers, attendance);
        var bootstrap = new ServerBootstrap().group(loops)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.bytesInFlight() / 2, limits.bytesInFlight()))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(service, channel);
                    }
                });
        if (options.listen() instanceof UnixDomainSocketAddress) {
            bootstrap.channel(NioServerDomainSocketChannel.class);
        } else {
            bootstrap.channel(NioServerSocketChannel.class).option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true).childOption(ChannelOption.SO_KEEPALIVE, true);
        }
        listener = bind(bootstrap, options.listen());
    }

    private static Channel bind(ServerBootstrap bootstrap, SocketAddress address) throws IOException {
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen at %s: %s; choose another address, or end what uses it"
                    .formatted(address, bound.cause().getMessage()), bound.cause());
        }
        return bound.channel();
    }

    private void accept(Service service, Channel channel) {
        var connection = new Connection(service, channel);
        if (!attendance.arrive(connection)) {
            channel.close();
            return;
        }
        // sees a client that takes no byte even of one large buffer
        channel.pipeline().addLast(new IdleStateHandler(true, limits.stall().toMillis(), limits.stall().toMillis(),
                limits.idle().toMillis(), TimeUnit.MILLISECONDS), new Negotiation(connection));
    }

    /// Where clients find this server: with the port that was chosen, if the options left it open.
    public SocketAddress address() {
        return listener.localAddress();
    }

    /// How many clients have an export open.
    public int clients() {
        return attendance.servedCount();
    }

    /// Ends the server: nobody is let in any more, requests that run are answered within [ServerLimits#drain()], new
    /// ones refused; then all connections are closed and what still runs is interrupted. No thread is left, unless an
    /// export hangs and ignores the interrupt.
    @Override
    public void close() throws IOException {
        try {
            stopListening();
            attendance.close().forEach(Connection::stop);
            if (!attendance.awaitEmpty(limits.drain())) {
                attendance.all().forEach(Connection::close);
                workers.shutdownNow();
                attendance.awaitEmpty(LAST_RESORT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server's last requests ended");
        } finally {
            workers.shutdownNow();
            loops.shutdownGracefully(0, LAST_RESORT.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
        }
    }

    private void stopListening() throws IOException {
        if (listener == null) {
            return;
        }
        var address = listener.localAddress();
        listener.close().awaitUninterruptibly();
        if (address instanceof UnixDomainSocketAddress unix) {
            Files.deleteIfExists(unix.getPath());
        }
    }
}
