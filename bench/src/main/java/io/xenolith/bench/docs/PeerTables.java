package io.xenolith.bench.docs;

import io.xenolith.bench.result.Goal;
import io.xenolith.bench.result.PeerResults;
import io.xenolith.bench.result.PeerResults.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What was measured beside other tools, as tables.
record PeerTables(PeerResults results) {

    static final Map<String, String> STEPS = new LinkedHashMap<>();

    static {
        STEPS.put("first", "first full");
        STEPS.put("again", "the same disk again");
        STEPS.put("second", "an independent second machine");
        STEPS.put("daily", "a day later");
        STEPS.put("restore", "restore to a sparse file");
        STEPS.put("verify", "verify, all data read");
        STEPS.put("list", "list the points");
        STEPS.put("show", "show a point");
        STEPS.put("report", "report of capacity");
        STEPS.put("version", "say the version");
        STEPS.put("size", "two machines stored");
        STEPS.put("daily-read", "read of the source for a day");
    }

    private static final int FULL_MIB = 6 << 10; // the disks of `make-disks.sh OUTDIR full`

    private static final Map<String, ToDoubleFunction<Row>> FIGURES = Map.of("seconds", Row::seconds, "cpuSeconds",
            Row::cpuSeconds, "memoryMib", Row::memoryMib, "mib", Row::mib);

    /// Seconds and sizes, a column for each program and one for the machine's limits.
    String figures() {
        var peers = results.peers();
        var headings = new ArrayList<>(List.of("step"));
        peers.forEach(peer -> headings.add(">" + results.versions().getOrDefault(peer, peer).split(" compiled")[0]));
        peers.stream().skip(1).forEach(peer -> headings.add(">" + peer + " ÷ ours"));
        headings.add("beside it");
        var table = new MarkdownTable(headings);
        STEPS.forEach((step, title) -> results.row(step, PeerResults.OURS).ifPresent(ours -> {
            var cells = new ArrayList<>(List.of(title));
            peers.forEach(peer -> cells.add(results.row(step, peer).map(PeerTables::figure).orElse("")));
            peers.stream().skip(1).forEach(peer -> cells.add(results.row(step, peer)
                    .map(row -> Figures.ratio(row.figure() / ours.figure())).orElse("")));
            cells.add(String.join("; ", results.limits(step).stream().map(row -> row.name() + ": " + figure(row)).toList()));
            table.row(cells);
        }));
        return preface() + "\n" + table;
    }

    private String preface() {
        var disks = "Disks of %s, %d run%s, medians.%n".formatted(Figures.mib(results.diskMib()), results.runs(),
                results.runs() == 1 ? "" : "s");
        if (results.diskMib() < FULL_MIB) {
            disks += "On disks this small, the figures tell mostly how long programs take to start: quote those of the full set.\n";
        }
        var notes = results.notes().stream().map(note -> "- " + note + ".\n").reduce("", String::concat);
        return Figures.of(results.machine()) + disks + (notes.isEmpty() ? "" : "\n" + notes);
    }

    private static String figure(Row row) {
        return row.seconds() > 0 ? Figures.seconds(row.seconds()) : Figures.mib(row.mib());
    }

    /// Processor time and memory.
    String costs() {
        var peers = results.peers();
        var headings = new ArrayList<>(List.of("step"));
        peers.forEach(peer -> headings.add(">" + peer + ", CPU"));
        headings.add(">bare, CPU");
        peers.forEach(peer -> headings.add(">" + peer + ", memory"));
        var table = new MarkdownTable(headings);
        STEPS.forEach((step, title) -> results.row(step, PeerResults.OURS).filter(row -> row.seconds() > 0).ifPresent(_ -> {
            var cells = new ArrayList<>(List.of(title));
            peers.forEach(peer -> cells.add(results.row(step, peer).map(row -> Figures.seconds(row.cpuSeconds())).orElse("")));
            cells.add(results.row(step, "bare").map(row -> Figures.seconds(row.cpuSeconds())).orElse(""));
            peers.forEach(peer -> cells.add(results.row(step, peer).map(row -> Figures.mib(row.memoryMib())).orElse("")));
            table.row(cells);
        }));
        return table.toString();
    }

    /// What was aimed at and what came out, if the disks were those of the full set.
    ///
    /// @throws IllegalArgumentException if a goal asks for a figure that there is not
    String goals(List<Goal> goals) {
        var table = new MarkdownTable(List.of("step", "goal", ">at most", ">measured", "met"));
        for (var goal : goals) {
            var figure = FIGURES.get(goal.figure());
            if (figure == null || !STEPS.containsKey(goal.step())) {
                throw new IllegalArgumentException("the goal '%s' asks for '%s' of '%s'"
                        .formatted(goal.goal(), goal.figure(), goal.step()));
            }
            var ours = results.row(goal.step(), PeerResults.OURS);
            var beside = results.row(goal.step(), goal.beside());
            boolean missing = ours.isEmpty() || !goal.beside().isEmpty() && beside.isEmpty();
            if (missing || results.diskMib() < FULL_MIB) {
                table.row(List.of(STEPS.get(goal.step()), goal.goal(), Figures.number(goal.most()), "", "not measured"));
                continue;
            }
            double measured = figure.applyAsDouble(ours.get()) / beside.map(figure::applyAsDouble).orElse(1.0);
            table.row(List.of(STEPS.get(goal.step()), goal.goal(), Figures.number(goal.most()), Figures.number(measured),
                    measured <= goal.most() ? "yes" : "**no**"));
        }
        return table.toString();
    }
}
