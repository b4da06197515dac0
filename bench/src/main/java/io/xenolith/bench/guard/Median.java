package io.xenolith.bench.guard;

import java.util.stream.DoubleStream;

/// The value in the middle; between the two in the middle, if there are two.
final class Median {

    private Median() {
    }

    /// @param values at least one
    static double of(DoubleStream values) {
        var sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
