package io.xenolith.cli.inspect;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.UsageException;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.report.Report;
import io.xenolith.repository.report.Reporter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Reports capacity and deduplication.
@Command(
        name = "report",
        description = "Reports capacity and deduplication: what the restore points hold, what of it is different, what that takes,"
                + " and what each machine and restore point would free.",
        footer = {
            "",
            "LOGICAL is what the restore points would take one by one, uncompressed, without holes; UNIQUE is what of that is"
                    + " different; FREED is about what pruning would free if the machine or restore point went.",
            "",
            "Examples:",
            "  xenolith -r /backup report",
            "  xenolith -r /backup report --vm web --json",
            "  xenolith -r /backup report --csv > report.csv",
        })
public final class ReportCommand extends Subcommand {

    @Option(names = "--vm", paramLabel = "NAME", description = "Tell of this machine only; the sums stay those of all.")
    public Optional<String> vm = Optional.empty();

    @Option(names = "--csv", description = "Print comma-separated values: a line for the repository, and one for each machine,"
            + " restore point and day.")
    public boolean csv;

    public ReportCommand(Invocation run) {
        super(run);
    }

    /// The report.
    public record Result(int points, long virtualBytes, long logicalBytes, long uniqueBytes, long storedBytes, long dataBytes,
            long mapBytes, long unneededBytes, double dedupRatio, double compressionRatio, List<Vm> vms, List<Day> growth) {
    }

    /// A machine's part.
    public record Vm(String vm, int points, long virtualBytes, long logicalBytes, long uniqueBytes, long freedBytes,
            List<Point> restorePoints) {

        static Vm of(Report.VmReport report) {
            return new Vm(report.vm(), report.points(), report.virtualBytes(), report.logicalBytes(), report.uniqueBytes(),
                    report.freedBytes(), report.restorePoints().stream().map(Point::of).toList());
        }
    }

    /// A restore point's part.
    public record Point(String id, String time, long logicalBytes, long newBytes, long freedBytes) {

        static Point of(Report.PointReport report) {
            return new Point(report.id(), report.time().toString(), report.logicalBytes(), report.newBytes(),
                    report.freedBytes());
        }
    }

    /// What had accumulated by the end of a day.
    public record Day(String day, int points, long uniqueBytes, long packedBytes) {

        static Day of(Report.Growth growth) {
            return new Day(growth.day().toString(), growth.points(), growth.uniqueBytes(), growth.packedBytes());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (csv && run.options().json) {
            throw new UsageException("--csv and --json contradict each other; choose one");
        }
        try (var open = run.open(LockMode.READ, "report")) {
            var points = open.repository().catalog().overview(open.random());
            var result = result(new Reporter(open.repository()).report(points.points()));
            if (csv) {
                run.results().showText(out -> printCsv(result, out));
            } else {
                run.results().show(result, out -> print(result, out));
            }
            return warnOfUnreadable(points);
        }
    }

    private Result result(Report report) {
        var vms = report.vms().stream().filter(one -> vm.isEmpty() || vm.get().equals(one.vm())).map(Vm::of).toList();
        return new Result(report.points(), report.virtualBytes(), report.logicalBytes(), report.uniqueBytes(),
                report.storedBytes(), report.dataBytes(), report.mapBytes(), report.unneededBytes(), report.dedupRatio(),
                report.compressionRatio(), vms, report.growth().stream().map(Day::of).toList());
    }

    private static void print(Result report, PrintStream out) {
        out.println("restore points     %d".formatted(report.points()));
        out.println("disk sizes         %s".formatted(ByteSize.format(report.virtualBytes())));
        out.println("logical            %s".formatted(ByteSize.format(report.logicalBytes())));
        out.println("unique             %s".formatted(ByteSize.format(report.uniqueBytes())));
        out.println("stored             %s, of which %s data, %s block maps, %s not needed".formatted(
                ByteSize.format(report.storedBytes()), ByteSize.format(report.dataBytes()),
                ByteSize.format(report.mapBytes()), ByteSize.format(report.unneededBytes())));
        out.println(String.format(Locale.ROOT, "deduplication      %.2f : 1", report.dedupRatio()));
        out.println(String.format(Locale.ROOT, "compression        %.2f : 1", report.compressionRatio()));
        if (!report.vms().isEmpty()) {
            printVms(report.vms(), out);
            printGrowth(report.growth(), out);
        }
    }

    private static void printVms(List<Vm> vms, PrintStream out) {
        out.println();
        var table = new Table("MACHINE", ">POINTS", ">LOGICAL", ">UNIQUE", ">FREED");
        vms.forEach(vm -> table.row(vm.vm(), vm.points(), ByteSize.format(vm.logicalBytes()),
                ByteSize.format(vm.uniqueBytes()), ByteSize.format(vm.freedBytes())));
        table.print(out);
        out.println();
        var points = new Table("POINT", "MACHINE", "TIME", ">LOGICAL", ">NEW", ">FREED");
        vms.forEach(vm -> vm.restorePoints().forEach(point -> points.row(point.id(), vm.vm(), point.time(),
                ByteSize.format(point.logicalBytes()), ByteSize.format(point.newBytes()),
                ByteSize.format(point.freedBytes()))));
        points.print(out);
    }

    private static void printGrowth(List<Day> growth, PrintStream out) {
        out.println();
        var table = new Table("DAY", ">POINTS", ">UNIQUE", ">IN PACKS");
        growth.forEach(day -> table.row(day.day(), day.points(), ByteSize.format(day.uniqueBytes()),
                ByteSize.format(day.packedBytes())));
        table.print(out);
    }

    /// What does not apply to a line is empty. A restore point's unique bytes are those that no earlier one needs.
    private static void printCsv(Result report, PrintStream out) {
        var format = CSVFormat.RFC4180.builder().setHeader("kind", "vm", "point", "time", "points", "virtualBytes",
                "logicalBytes", "uniqueBytes", "storedBytes", "freedBytes").get();
        try {
            var csv = new CSVPrinter(out, format); // not closed: that would close `out`
            csv.printRecord("repository", "", "", "", report.points(), report.virtualBytes(), report.logicalBytes(),
                    report.uniqueBytes(), report.storedBytes(), report.unneededBytes());
            for (var vm : report.vms()) {
                csv.printRecord("vm", vm.vm(), "", "", vm.points(), vm.virtualBytes(), vm.logicalBytes(), vm.uniqueBytes(),
                        "", vm.freedBytes());
                for (var point : vm.restorePoints()) {
                    csv.printRecord("point", vm.vm(), point.id(), point.time(), 1, "", point.logicalBytes(),
                            point.newBytes(), "", point.freedBytes());
                }
            }
            for (var day : report.growth()) {
                csv.printRecord("day", "", "", day.day(), day.points(), "", "", day.uniqueBytes(), day.packedBytes(), "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
