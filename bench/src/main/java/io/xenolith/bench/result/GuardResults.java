package io.xenolith.bench.result;

import java.util.List;

/// A run of all guards: `guard.json`.
public record GuardResults(Machine machine, List<Comparison> comparisons) {

    public List<Comparison> missed() {
        return comparisons.stream().filter(comparison -> !comparison.passes()).toList();
    }
}
