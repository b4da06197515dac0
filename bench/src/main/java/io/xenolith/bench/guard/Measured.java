package io.xenolith.bench.guard;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// What turns of ours and of the reference took.
///
/// @param rounds at least one
record Measured(List<Round> rounds) {

    /// Turns that were taken one behind the other.
    ///
    /// @param pairs of a turn of ours and one of the reference
    record Round(double oursNanos, double referenceNanos, double pairs) {

        /// Our rate as a part of the reference's.
        double ratio() {
            return referenceNanos / oursNanos;
        }
    }

    List<Double> ratios() {
        return rounds.stream().map(Round::ratio).toList();
    }

    /// The median of the rounds' ratios, not the ratio of medians: the two sides of a round met the same machine.
    double ratio() {
        return median(Round::ratio);
    }

    /// Turns of ours in a second.
    double ourRate() {
        return median(round -> round.pairs * 1e9 / round.oursNanos);
    }

    double referenceRate() {
        return median(round -> round.pairs * 1e9 / round.referenceNanos);
    }

    private double median(ToDoubleFunction<Round> value) {
        return Median.of(rounds.stream().mapToDouble(value));
    }
}
