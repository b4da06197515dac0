package io.xenolith.cli.upkeep;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Fraction;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.point.Unreadable;
import io.xenolith.repository.verify.Damage;
import io.xenolith.repository.verify.DataSelection;
import io.xenolith.repository.verify.Verification;
import io.xenolith.repository.verify.Verifier;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Verifies restore points.
@Command(
        name = "verify",
        description = "Verifies that all that restore points need is there and, as far as asked for, that it is what it was."
                + " Names every machine, restore point, disk and byte range that damage touches.",
        footer = {
            "",
            "Exit code 3 means that damage was found. 'xenolith repair packs' then marks what is damaged, so that the next"
                    + " backup stores it again.",
            "",
            "Examples:",
            "  xenolith -r /backup verify",
            "  xenolith -r /backup verify web@latest --read-data",
            "  xenolith -r /backup verify --older-than 30d",
        })
public final class VerifyCommand extends Subcommand {

    @Parameters(arity = "0..*", paramLabel = "POINT", description = "The restore points. Default: all")
    public List<String> references = List.of();

    @ArgGroup(exclusive = true)
    public Data data = new Data();

    /// How much data is read.
    public static final class Data {
        @Option(names = "--read-data", description = "Read all the data and compare it with its ids.")
        boolean all;

        @Option(names = "--sample", paramLabel = "PERCENT", description = "Read a random part of the data, such as 5%%.")
        Optional<Fraction> sample = Optional.empty();

        @Option(names = "--older-than", paramLabel = "TIME",
                description = "Read the data that was not verified for so long, such as 30d.")
        Optional<Duration> olderThan = Optional.empty();
    }

    public VerifyCommand(Invocation run) {
        super(run);
    }

    /// What was found.
    ///
    /// @param others damage that no restore point suffers from, as sentences
    public record Result(boolean ok, long bytesChecked, int points, int packs, List<Damaged> damaged, List<String> others) {
    }

    /// A part of a disk that is lost.
    public record Damaged(String vm, String point, String disk, long offset, long length, String reason) {

        static Damaged of(Damage damage) {
            return new Damaged(damage.vm(), damage.point(), damage.disk(), damage.extent().offset(),
                    damage.extent().length(), damage.reason());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var selection = selection();
        try (var open = run.open(LockMode.READ, "verify")) {
            var unreadable = new ArrayList<Unreadable>();
            var points = points(open.repository().catalog(), unreadable);
            var result = result(verify(open, points, selection), unreadable);
            run.results().show(result, out -> print(result, out));
            return result.ok() ? ExitCode.DONE : ExitCode.DAMAGE;
        }
    }

    private DataSelection selection() {
        if (data.all) {
            return new DataSelection.All();
        }
        if (data.sample.isPresent()) {
            double share = data.sample.get().value();
            if (share == 0) {
                throw new UsageException("--sample 0%: a sample of nothing; leave it out to check the structure only");
            }
            return new DataSelection.Sample(share);
        }
        return data.olderThan.<DataSelection>map(DataSelection.OlderThan::new).orElseGet(DataSelection.None::new);
    }

    private List<RestorePoint> points(Catalog catalog, List<Unreadable> unreadable) throws IOException, InterruptedException {
        if (references.isEmpty()) {
            var all = catalog.all();
            unreadable.addAll(all.unreadable());
            return all.points();
        }
        var points = new ArrayList<RestorePoint>();
        for (var reference : references) {
            points.add(catalog.resolve(reference));
        }
        return points.stream().distinct().toList();
    }

    private Verification verify(OpenRepository open, List<RestorePoint> points, DataSelection selection)
            throws IOException, InterruptedException {
        try (var progress = run.progress("verify")) {
            int workers = Runtime.getRuntime().availableProcessors();
            return new Verifier(open.repository(), workers, progress).verify(points, selection, Instant.now());
        }
    }

    private static Result result(Verification found, List<Unreadable> unreadable) {
        var damaged = found.damaged().stream().map(Damaged::of).toList();
        var others = Stream.concat(unreadable.stream().map(object ->
                "restore point %s cannot be read: %s".formatted(object.name(), object.reason())),
                found.others().stream()).toList();
        return new Result(found.ok() && unreadable.isEmpty(), found.bytesChecked(), found.points(), found.packs(), damaged,
                others);
    }

    private static void print(Result result, PrintStream out) {
        if (!result.damaged().isEmpty()) {
            table(result.damaged()).print(out);
        }
        result.others().forEach(out::println);
        out.println("%s: %d restore points checked, %s of data in %d packs read".formatted(
                result.ok() ? "no damage" : "DAMAGE FOUND", result.points(), ByteSize.format(result.bytesChecked()),
                result.packs()));
    }

    public static Table table(List<Damaged> damaged) {
        var table = new Table("MACHINE", "POINT", "DISK", ">OFFSET", ">LENGTH", "REASON");
        damaged.forEach(damage -> table.row(damage.vm(), damage.point(), damage.disk(), damage.offset(), damage.length(),
                damage.reason()));
        return table;
    }
}
