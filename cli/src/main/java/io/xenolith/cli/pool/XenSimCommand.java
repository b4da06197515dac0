package io.xenolith.cli.pool;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Temporary;
import io.xenolith.cli.UsageException;
import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.SimulatedPoolMain;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs a simulated pool.
@Command(
        name = "xen-sim",
        description = "Runs a simulated pool with two small machines on this computer until it is interrupted, for trying things"
                + " out without a hypervisor.",
        footer = {
            "",
            "It listens on loopback addresses only, and needs no repository. A fault is a line such as 'fail VM.snapshot 1"
                    + " SR_BACKEND_FAILURE_44 \"\" full', 'stall VDI.snapshot 2 5000' or 'drop /export_raw_vdi 1 1000000'.",
            "",
            "Examples:",
            "  xenolith xen-sim --nbd",
            "  xenolith xen-sim --release 8.3 --hosts 2 --directory /var/tmp/pool",
        })
public final class XenSimCommand extends Subcommand {

    @Option(names = "--release", paramLabel = "7.3|8.0|8.2|8.3", description = "Which release it behaves like. Default: 8.2")
    Optional<String> release = Optional.empty();

    @Option(names = "--directory", paramLabel = "DIR",
            description = "Where its disks lie, which stay. Default: a temporary directory, which is removed at the end")
    Optional<Path> directory = Optional.empty();

    @Option(names = "--hosts", paramLabel = "N", defaultValue = "1",
            description = "How many hosts it has, at 127.0.0.1, 127.0.0.2 and so on. Default: ${DEFAULT-VALUE}")
    int hosts;

    @Option(names = "--nbd", description = "Serve disks by NBD on its network.")
    boolean nbd;

    @Option(names = "--fault", paramLabel = "LINE", description = "Something that goes wrong. May be repeated.")
    List<String> faults = List.of();

    public XenSimCommand(Invocation run) {
        super(run);
    }

    /// Where it is, shown as soon as it runs.
    record Result(String url, String user, String password, String fingerprint) {

        static Result of(SimulatedPool pool) {
            return new Result(pool.url().toString(), pool.user(), pool.password(), pool.fingerprint());
        }
    }

    @Override
    public Integer call() throws IOException {
        if (hosts < 1 || hosts > 64) {
            throw new UsageException("--hosts: from 1 to 64, not " + hosts);
        }
        if (directory.isPresent()) {
            return runIn(directory.get());
        }
        try (var temporary = Temporary.in(Temporary.systemFolder(), "xenolith-xen-sim")) {
            return runIn(temporary.path());
        }
    }

    private int runIn(Path place) throws IOException {
        try (var pool = start(place)) {
            if (nbd) {
                pool.serveNbd(true);
            }
            var result = Result.of(pool);
            run.results().show(result, out -> print(result, out));
            run.note("the simulated pool runs until it is interrupted (Ctrl-C)");
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts down");
        } catch (InterruptedException _) {
            run.note("the simulated pool has ended");
            return ExitCode.INTERRUPTED;
        }
    }

    private SimulatedPool start(Path place) throws IOException {
        var arguments = new ArrayList<>(List.of("--directory", place.toString(), "--hosts", Integer.toString(hosts)));
        release.ifPresent(value -> arguments.addAll(List.of("--version", value)));
        faults.forEach(line -> arguments.addAll(List.of("--fault", line)));
        try {
            return SimulatedPoolMain.start(arguments.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static void print(Result result, PrintStream out) {
        out.println("url          " + result.url());
        out.println("user         " + result.user());
        out.println("password     " + result.password());
        out.println("fingerprint  " + result.fingerprint());
        out.println();
        out.println("Next, in another shell, with a repository in REPO ('xenolith -r REPO init --encrypt' makes one):");
        out.println("  export XENOLITH_POOL_PASSWORD=" + result.password());
        out.println("  xenolith -r REPO pool add sim %s --fingerprint %s".formatted(
                result.url().replace("https://", ""), result.fingerprint()));
        out.println("  xenolith -r REPO vm list --pool sim");
    }
}
