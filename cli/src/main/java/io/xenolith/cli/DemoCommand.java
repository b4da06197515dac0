package io.xenolith.cli;

import io.xenolith.cli.DemoDisk.Day;
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

/// Shows the whole way on a disk of its own: each step is a command that a user would type.
@Command(
        name = "demo",
        description = "Shows the whole way on a small disk that it makes: full backup, a day's changes, increment, verify,"
                + " restore of both, comparison byte by byte, prune and report. Takes seconds and leaves nothing behind.",
        footer = {"", "Examples:", "  xenolith demo", "  xenolith demo --keep /tmp/demo"})
final class DemoCommand extends Subcommand {

    @Option(names = "--keep", paramLabel = "DIR", description = "Work in this new directory and leave it there.")
    Optional<Path> keep = Optional.empty();

    private final List<Step> steps = new ArrayList<>();

    DemoCommand(Invocation run) {
        super(run);
    }

    /// What happened.
    record Result(boolean ok, List<Step> steps) {
    }

    /// A step, in words.
    record Step(String what, String result) {
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
        var disk = DemoDisk.make(folder);
        tell("make a disk", "%s of %s with %s of data".formatted(disk.kind(), ByteSize.format(Files.size(disk.first())),
                ByteSize.format(disk.dataBytes())));
        var repository = folder.resolve("repository");
        command(repository, "init");
        tell("init", "an empty repository");

        var full = command(repository, "backup", "image", "--vm", "demo", disk.first().toString());
        tellBackup("full backup", full);
        var day = disk.nextDay();
        tell("a day passes", "%s written to the disk, in %d of its 64 KiB blocks".formatted(
                ByteSize.format(day.bytesWritten()), day.changedBlocks()));
        var increment = command(repository, "backup", "image", "--vm", "demo", "--base", "demo@latest",
                "--changed", day.bitmap().toString(), day.image().toString());
        tellBackup("increment", increment);

        var verified = command(repository, "verify", "--read-data");
        tell("verify", "%s of data read and compared, no damage"
                .formatted(ByteSize.format(verified.get("bytesChecked").longValue())));
        restoreBoth(repository, folder, disk, day, full, increment);
        pruneAndReport(repository, folder, day, increment);
    }

    private void restoreBoth(Path repository, Path folder, DemoDisk disk, Day day, JsonNode full, JsonNode increment)
            throws IOException {
        restore(repository, "restore the full", full, folder.resolve("full.raw"), disk.first());
        restore(repository, "restore the increment", increment, folder.resolve("increment.raw"), day.image());
    }

    private void restore(Path repository, String what, JsonNode point, Path output, Path original) throws IOException {
        var restored = command(repository, "restore", point.get("point").stringValue(), "--output", output.toString());
        long differs = Files.mismatch(original, output);
        if (differs >= 0) {
            throw new DemoFailed("%s: %s differs from %s at byte %d".formatted(what, output, original, differs));
        }
        tell(what, "%s written, byte for byte what it was"
                .formatted(ByteSize.format(restored.get("disks").get(0).get("bytesWritten").longValue())));
        Files.delete(output);
    }

    private void pruneAndReport(Path repository, Path folder, Day day, JsonNode increment) throws IOException {
        var pruned = command(repository, "prune", "--keep-last", "1");
        tell("prune", "%d restore point removed, %d kept, %s freed".formatted(pruned.get("removedPoints").intValue(),
                pruned.get("keptPoints").intValue(), ByteSize.format(pruned.get("freedBytes").longValue())));
        restore(repository, "restore once more", increment, folder.resolve("once-more.raw"), day.image());
        var report = command(repository, "report");
        tell("report", "%s of data, %s different, %s stored".formatted(
                ByteSize.format(report.get("logicalBytes").longValue()), ByteSize.format(report.get("uniqueBytes").longValue()),
                ByteSize.format(report.get("storedBytes").longValue())));
    }

    /// Runs a command as a user would, and returns its JSON document.
    private JsonNode command(Path repository, String... args) throws IOException {
        var out = new ByteArrayOutputStream();
        var surroundings = new Surroundings(new ByteArrayInputStream(new byte[0]), out, run.surroundings().err(), Map.of(),
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
