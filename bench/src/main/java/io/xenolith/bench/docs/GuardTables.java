package io.xenolith.bench.docs;

import io.xenolith.bench.result.GuardResults;
import java.util.List;
import java.util.Locale;

/// What the guards measured, as tables.
record GuardTables(GuardResults results) {

    /// The guards of one subject, see [io.xenolith.bench.result.Comparison#subject()].
    String of(String subject) {
        var table = new MarkdownTable(List.of("guard", "what", ">ours", "reference", ">rate", ">ratio", ">floor"));
        for (var guard : results.comparisons()) {
            if (guard.subject().equals(subject)) {
                table.row(List.of("`" + guard.name() + "`", guard.what(), rate(guard.ours(), guard.unit()), guard.reference(),
                        rate(guard.bare(), guard.unit()), Figures.ratio(guard.ratio()), Figures.ratio(guard.floor())));
            }
        }
        return table.toString();
    }

    private static String rate(double value, String unit) {
        return String.format(Locale.ROOT, "%,.0f", value) + (unit.equals("MiB/s") ? "" : " a second");
    }

    String machine() {
        return Figures.of(results.machine());
    }
}
