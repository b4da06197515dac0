package io.xenolith.cli.serve;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Temporary;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.nbd.server.Exports;
import io.xenolith.nbd.server.NbdServer;
import io.xenolith.nbd.server.NbdServerOptions;
import io.xenolith.nbd.server.ServerLimits;
import io.xenolith.nbd.server.ServerTls;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.overlay.ScratchSpace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Serves restore points as network block devices until it is told to end.
@Command(
        name = "serve",
        description = "Serves the disks of restore points by NBD, read-only or to be written over, until Ctrl-C.",
        footer = {
            "",
            "Exports are called VM/TIME/DISK, such as web/2026-01-31T02:00:00Z/xvda, or ID/DISK. Without a POINT, all restore"
                    + " points are served, and those that are made meanwhile.",
            "",
            "With --writable, what clients write goes to a scratch file and is dropped in the end, or becomes a new restore"
                    + " point with --commit. The point itself never changes.",
            "",
            "Examples:",
            "  xenolith -r /backup serve",
            "  nbdcopy nbd://127.0.0.1/web/2026-01-31T02:00:00Z/xvda - | md5sum",
            "  xenolith -r /backup serve web@latest --socket /run/web.sock",
            "  xenolith -r /backup serve web@latest --writable --commit",
            "  qemu-system-x86_64 -m 2G -drive file=nbd://127.0.0.1,format=raw,if=virtio",
        })
public final class ServeCommand extends Subcommand {

    /// Connections together hold at most this part of the memory, which they take beside the heap.
    private static final int PART_FOR_CONNECTIONS = 2;
    private static final int LEAST_IN_FLIGHT = 1 << 20;

    @Parameters(arity = "0..*", paramLabel = "POINT", description = "Only these restore points.")
    List<String> references = List.of();

    @Option(names = "--listen", paramLabel = "HOST:PORT",
            description = "Where to listen; port 0 for any free one. Default: 127.0.0.1:10809")
    Optional<String> listen = Optional.empty();

    @Option(names = "--socket", paramLabel = "FILE", description = "Listen at this unix socket instead.")
    Optional<Path> socket = Optional.empty();

    @Option(names = "--insecure-network",
            description = "Listen at other addresses than this machine's own without TLS: whoever gets there reads the disks.")
    boolean insecureNetwork;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "The server's certificate, PEM. Clients have to use TLS.")
    Optional<Path> tlsCertificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM (PKCS#8).")
    Optional<Path> tlsKey = Optional.empty();

    @Option(names = "--tls-client-ca", paramLabel = "FILE",
            description = "Serve only clients with a certificate that was signed by one of these authorities.")
    Optional<Path> tlsClientAuthorities = Optional.empty();

    @Option(names = "--writable", description = "Let clients write over the disks of one restore point.")
    boolean writable;

    @Option(names = "--scratch", paramLabel = "DIR",
            description = "Where that is kept meanwhile. Default: the system's directory for temporary files")
    Optional<Path> scratch = Optional.empty();

    @Option(names = "--scratch-size", paramLabel = "SIZE", defaultValue = "16g",
            description = "How much may be written over, after which clients are told that there is no room."
                    + " Default: ${DEFAULT-VALUE}")
    String scratchSize;

    @Option(names = "--commit", description = "Make a restore point of it in the end.")
    boolean commit;

    @Option(names = "--max-connections", paramLabel = "N", defaultValue = "32",
            description = "How many clients at once. Default: ${DEFAULT-VALUE}")
    int maxConnections;

    @Option(names = "--no-list", description = "Do not tell clients which exports there are.")
    boolean noList;

    public ServeCommand(Invocation run) {
        super(run);
    }

    /// What is served, and where.
    record Result(String address, String uri, boolean writable, List<Served> exports) {
    }

    /// A disk that is served.
    ///
    /// @param name what to ask the server for
    /// @param size in bytes
    record Served(String name, String uri, String point, String vm, String time, String disk, long size) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var address = requireSense();
        try (var open = run.open(commit ? LockMode.APPEND : LockMode.READ, "serve")) {
            var points = new ArrayList<RestorePoint>();
            for (var reference : references) {
                points.add(open.repository().catalog().resolve(reference));
            }
            if (writable) {
                serveWritable(open, points, address);
            } else {
                serveReadOnly(open, points, address);
            }
        }
        return ExitCode.INTERRUPTED;
    }

    private ServerAddress requireSense() {
        refuse(listen.isPresent() && socket.isPresent(), "--listen and --socket: choose one");
        refuse(tlsCertificate.isPresent() != tlsKey.isPresent(), "--tls-cert and --tls-key belong together");
        refuse(tlsClientAuthorities.isPresent() && tlsKey.isEmpty(), "--tls-client-ca needs --tls-cert and --tls-key");
        refuse(writable && references.size() != 1, "--writable needs exactly one POINT");
        refuse(commit && !writable, "--commit needs --writable");
        refuse(scratch.isPresent() && !writable, "--scratch needs --writable");
        refuse(maxConnections < 1, "--max-connections: at least 1");
        var address = socket.isPresent() ? ServerAddress.socket(socket.get())
                : ServerAddress.parse(listen.orElse("127.0.0.1:" + NbdServerOptions.PORT));
        if (!address.isLocal() && tlsKey.isEmpty()) {
            refuse(!insecureNetwork, "--listen %s: whoever gets there could read the disks; protect them by --tls-cert and"
                    .formatted(address.text()) + " --tls-key, or say --insecure-network");
            run.warn("whoever gets to %s can read the disks, and nothing on the way is encrypted".formatted(address.text()));
        }
        return address;
    }

    private static void refuse(boolean senseless, String why) {
        if (senseless) {
            throw new UsageException(why);
        }
    }

    private void serveReadOnly(OpenRepository open, List<RestorePoint> points, ServerAddress address) throws IOException {
        var offer = points.isEmpty() ? new Offer.Everything(open.repository()) : new Offer.Chosen(points);
        try (var exports = new PointExports(offer, open.repository())) {
            serve(offer, exports, address);
        }
    }

    private void serveWritable(OpenRepository open, List<RestorePoint> points, ServerAddress address)
            throws IOException, InterruptedException {
        var offer = new Offer.Chosen(points);
        var space = new ScratchSpace(scratch.orElse(Temporary.systemFolder()), scratchBytes());
        try (var exports = OverlayExports.over(offer, new OpenDisks(open.repository()), space)) {
            serve(offer, exports, address);
            if (commit) {
                new OverlayCommit(run, open, points.getFirst(), exports.overlays()).commit();
            }
        }
    }

    private long scratchBytes() {
        try {
            return ByteSize.parse(scratchSize);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UsageException("--scratch-size: " + e.getMessage());
        }
    }

    /// Serves until this thread is interrupted, which is how servers are meant to end.
    private void serve(Offer offer, Exports exports, ServerAddress address) throws IOException {
        var disks = offer.disks();
        try (var server = NbdServer.start(options(address), exports)) {
            show(disks, new ServerAddress(server.address()));
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            run.note("the server has ended");
        }
    }

    private NbdServerOptions options(ServerAddress address) {
        long each = Runtime.getRuntime().maxMemory() / PART_FOR_CONNECTIONS / maxConnections;
        var limits = ServerLimits.DEFAULT.withConnections(maxConnections).withInFlight(
                ServerLimits.DEFAULT.requestsInFlight(),
                Math.clamp(each, LEAST_IN_FLIGHT, ServerLimits.DEFAULT.bytesInFlight()));
        return new NbdServerOptions(address.address(), tls(), !noList, limits);
    }

    private Optional<ServerTls> tls() {
        if (tlsKey.isEmpty()) {
            return Optional.empty();
        }
        var tls = ServerTls.required(tlsCertificate.orElseThrow(), tlsKey.get());
        return Optional.of(tlsClientAuthorities.isPresent() ? tls.withClientAuthorities(tlsClientAuthorities.get()) : tls);
    }

    private void show(List<ServedDisk> disks, ServerAddress address) throws IOException {
        boolean encrypted = tlsKey.isPresent();
        var served = disks.stream().map(disk -> new Served(disk.name(), address.uri(encrypted, Optional.of(disk.name())),
                disk.point().id(), disk.point().vm(), disk.point().time().toString(), disk.disk().name(), disk.disk().size()))
                .toList();
        var result = new Result(address.text(), address.uri(encrypted, Optional.empty()), writable, served);
        run.results().show(result, out -> print(result, out));
    }

    private void print(Result result, PrintStream out) {
        result.exports().forEach(disk -> out.println(disk.uri()));
        out.println("%d disk%s served at %s%s, until Ctrl-C".formatted(result.exports().size(),
                result.exports().size() == 1 ? "" : "s", result.address(), writable ? ", writable" : ""));
    }
}
