package io.xenolith.bench.result;

import java.util.List;
import java.util.stream.Stream;

/// The figures of all simulations of growth: `growth.json`.
///
/// @param machine where the last of them were measured
public record GrowthResults(Machine machine, List<GrowthRow> rows) {

    /// With figures of a simulation in place of what it measured before.
    public GrowthResults with(Machine measuredOn, String simulation, List<GrowthRow> figures) {
        var others = rows.stream().filter(row -> !row.simulation().equals(simulation));
        return new GrowthResults(measuredOn, Stream.concat(others, figures.stream()).toList());
    }
}
