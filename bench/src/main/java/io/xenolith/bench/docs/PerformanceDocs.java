package io.xenolith.bench.docs;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.xenolith.bench.result.Goal;
import io.xenolith.bench.result.GrowthResults;
import io.xenolith.bench.result.GrowthRow;
import io.xenolith.bench.result.GuardResults;
import io.xenolith.bench.result.PeerResults;
import io.xenolith.bench.result.ResultFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The command `bin/bench docs`: fills the tables of `docs/performance.md` and draws `docs/charts` from `bench/results`.
///
/// A chart is not the same on each machine, whose fonts have their own measures; so each tells in a comment at its end which
/// results it was drawn from.
public final class PerformanceDocs {

    private final Path root;

    /// @param root of the project
    PerformanceDocs(Path root) {
        this.root = root;
    }

    public static void main(String[] arguments) throws IOException {
        var docs = new PerformanceDocs(Path.of(""));
        Files.writeString(docs.document(), docs.filled());
        for (var chart : docs.charts().entrySet()) {
            Files.createDirectories(chart.getKey().getParent());
            Files.writeString(chart.getKey(), chart.getValue().svg() + chart.getValue().origin());
        }
    }

    /// Where the document is.
    Path document() {
        return root.resolve("docs/performance.md");
    }

    /// The document as the results want it.
    String filled() throws IOException {
        var content = new LinkedHashMap<String, String>();
        var peers = new PeerTables(peers());
        content.put("goals", peers.goals(List.of(ResultFile.read(root.resolve("bench/goals.json"), Goal[].class))));
        content.put("peers", peers.figures());
        content.put("costs", peers.costs());
        var guards = new GuardTables(guards());
        content.put("machine", guards.machine());
        for (var subject : List.of("stages", "pipeline", "formats", "nbd")) {
            content.put(subject, guards.of(subject));
        }
        content.put("growth", growth());
        return GeneratedSections.fill(Files.readString(document()), content);
    }

    /// A chart as it would be drawn now.
    ///
    /// @param origin the comment that a chart of the same results ends with
    record Drawn(Drawing drawing, String origin) {
        String svg() throws IOException {
            return drawing.draw();
        }
    }

    /// Draws when it is asked to, since that takes fonts.
    interface Drawing {
        String draw() throws IOException;
    }

    /// The charts by their files.
    Map<Path, Drawn> charts() throws IOException {
        var charts = new LinkedHashMap<Path, Drawn>();
        charts.put(root.resolve("docs/charts/peers.svg"), new Drawn(() -> Charts.peers(peers()), origin("peers.json")));
        charts.put(root.resolve("docs/charts/guards.svg"), new Drawn(() -> Charts.guards(guards()), origin("guard.json")));
        return charts;
    }

    private String origin(String results) throws IOException {
        try {
            // line ends as git may have checked them out do not matter
            var text = Files.readString(result(results)).replace("\r\n", "\n");
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "<!-- drawn from %s %s -->\n".formatted(results, HexFormat.of().formatHex(digest, 0, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    private PeerResults peers() throws IOException {
        return ResultFile.read(result("peers.json"), PeerResults.class);
    }

    private GuardResults guards() throws IOException {
        return ResultFile.read(result("guard.json"), GuardResults.class);
    }

    private String growth() throws IOException {
        if (!Files.exists(result("growth.json"))) {
            return "Not measured yet.\n";
        }
        var results = ResultFile.read(result("growth.json"), GrowthResults.class);
        var bySimulation = results.rows().stream().collect(groupingBy(GrowthRow::simulation, LinkedHashMap::new, toList()));
        var text = new StringBuilder();
        bySimulation.forEach((simulation, rows) -> text.append("`%s`%n%n%s%n".formatted(simulation, table(rows))));
        return text.toString();
    }

    private static MarkdownTable table(List<GrowthRow> rows) {
        var table = new MarkdownTable(List.of("what", ">figure", "how"));
        for (var row : rows) {
            table.row(List.of(row.name(), Figures.number(row.value()) + " " + row.unit(), row.note()));
        }
        return table;
    }

    private Path result(String name) {
        return root.resolve("bench/results").resolve(name);
    }
}
