package io.xenolith.cli.trial;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Cli;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Surroundings;
import io.xenolith.cli.Temporary;
import io.xenolith.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Shows the whole way on a pool of its own: each step is a command that a user would type.
@Command(
        name = "demo",
        description = "Shows the whole way on a simulated pool with two machines: full backup by changed-block tracking, a"
                + " day's changes, increment over NBD with TLS, an XVA of the other machine, verify, restore into the pool,"
                + " comparison byte by byte, prune and report. Takes seconds and leaves nothing behind.",
        footer = {"", "Examples:", "  xenolith demo", "  xenolith demo --keep /tmp/demo"})
public final class DemoCommand extends Subcommand {

    @Option(names = "--keep", paramLabel = "DIR", description = "Work in this new directory and leave it there.")
    public Optional<Path> keep = Optional.empty();

    private final List<Step> steps = new ArrayList<>();
    private Path repository;
    private DemoPool pool;

    public DemoCommand(Invocation run) {
        super(run);
    }

    /// What happened.
    public record Result(boolean ok, List<Step> steps) {
    }

    /// A step, in words.
    public record Step(String what, String result) {
    }

    /// A step that did not do what it should.
    private static final class DemoFailed extends IOException {
        DemoFailed(String message) {
            super(message);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (keep.isPresent()) {
            Files.createDirectory(keep.get());
            demonstrate(keep.get());
        } else {
            try (var temporary = Temporary.in(Temporary.systemFolder(), "xenolith-demo-")) {
                demonstrate(temporary.path());
            }
        }
        if (run.options().json) {
            run.results().show(new Result(true, steps), _ -> { });
        }
        return ExitCode.DONE;
    }

    private void demonstrate(Path folder) throws IOException, InterruptedException {
        try (var pool = DemoPool.start(folder)) {
            this.repository = folder.resolve("repository");
            this.pool = pool;
            tell("a simulated pool", "%s: machine web on %s with %s of data, machine db".formatted(pool.pool().version().brand()
                    + " " + pool.pool().version().product(), pool.disk().kind(), ByteSize.format(pool.disk().dataBytes())));
            prepare();
            backUp();
            restore();
            pruneAndReport();
        }
    }

    private void prepare() throws IOException {
        command("init", "--encrypt");
        tell("init", "an empty, encrypted repository");
        command("pool", "add", "demo", pool.pool().url().toString(), "--user", pool.pool().user(), "--fingerprint",
                pool.pool().fingerprint());
        tell("pool add", "its certificate is pinned, its password kept encrypted");
    }

    private void backUp() throws IOException, InterruptedException {
        tellBackup("full of web", command("backup", "vm", "web", "--pool", "demo", "--method", "cbt"));
        var day = pool.disk().nextDay();
        pool.put(day.image());
        tell("a day passes", "%s written to the disk, in %d of its 64 KiB blocks".formatted(
                ByteSize.format(day.bytesWritten()), day.changedBlocks()));
        tellBackup("increment over NBD", command("backup", "vm", "web", "--pool", "demo", "--method", "cbt"));
        tellBackup("db as one XVA", command("backup", "vm", "db", "--pool", "demo", "--method", "xva"));
        var verified = command("verify", "--read-data");
        tell("verify", "%s of data read and compared, no damage"
                .formatted(ByteSize.format(verified.get("bytesChecked").longValue())));
    }

    private void restore() throws IOException {
        for (var machine : List.of(pool.web(), pool.db())) {
            var name = machine == pool.web() ? "web" : "db";
            var restored = command("restore", name + "@latest", "--pool", "demo", "--new-name", name + " restored");
            var uuid = restored.get("vm").get("uuid").stringValue();
            if (!pool.haveTheSameDisks(machine, uuid)) {
                throw new DemoFailed("the restored machine '%s restored' differs from %s".formatted(name, name));
            }
            tell("restore " + name, "a new machine in the pool, %s sent, byte for byte what it was"
                    .formatted(ByteSize.format(restored.get("bytesSent").longValue())));
        }
    }

    private void pruneAndReport() throws IOException {
        var pruned = command("prune", "--keep-last", "1");
        tell("prune", "%d restore point removed, %d kept, %s freed".formatted(pruned.get("removedPoints").intValue(),
                pruned.get("keptPoints").intValue(), ByteSize.format(pruned.get("freedBytes").longValue())));
        var report = command("report");
        tell("report", "%s of data, %s different, %s stored".formatted(
                ByteSize.format(report.get("logicalBytes").longValue()), ByteSize.format(report.get("uniqueBytes").longValue()),
                ByteSize.format(report.get("storedBytes").longValue())));
    }

    /// Runs a command as a user would, and returns its JSON document.
    private JsonNode command(String... args) throws IOException {
        var out = new ByteArrayOutputStream();
        var secrets = Map.of("XENOLITH_PASSWORD", "demo", "XENOLITH_POOL_PASSWORD", pool.pool().password());
        var surroundings = new Surroundings(new ByteArrayInputStream(new byte[0]), out, run.surroundings().err(), secrets,
                Terminal.NONE);
        var all = Stream.concat(Stream.of("-r", repository.toString(), "--json", "--quiet"), Stream.of(args));
        int exitCode = Cli.run(surroundings, all.toArray(String[]::new));
        if (exitCode != ExitCode.DONE) {
            throw new DemoFailed("'%s' ended with exit code %d".formatted(String.join(" ", args), exitCode));
        }
        return new JsonMapper().readTree(out.toByteArray());
    }

    private void tellBackup(String what, JsonNode backup) throws IOException {
        var disk = backup.get("disks").get(0);
        tell(what, "%s read, %s new, %s stored".formatted(ByteSize.format(disk.get("bytesRead").longValue()),
                ByteSize.format(disk.get("bytesNew").longValue()), ByteSize.format(disk.get("bytesStored").longValue())));
    }

    private void tell(String what, String result) throws IOException {
        steps.add(new Step(what, result));
        if (!run.options().json) {
            run.results().showText(out -> print(out, what, result));
        }
    }

    private static void print(PrintStream out, String what, String result) {
        out.println("%-22s %s".formatted(what, result));
    }
}
