package io.xenolith.bench.guard;

import io.xenolith.bench.result.Comparison;

/// Compares what is measured with the floors. What is below its floor is measured once more before it counts as missed: once
/// in a hundred times a busy machine is enough for that, twice in a row it is not.
final class Judge {

    private final Floors floors;
    private final Meter meter;
    private final int mib;

    /// @param mib of disk for each worker that the meter measures with
    Judge(Floors floors, Meter meter, int mib) {
        this.floors = floors;
        this.meter = meter;
        this.mib = mib;
    }

    /// @throws Exception if measuring fails
    Comparison judge(Subject subject) throws Exception {
        var first = compare(subject, meter.measure(subject), 1);
        return first.passes() ? first : compare(subject, meter.measure(subject), 2);
    }

    private Comparison compare(Subject subject, Measured measured, int attempts) {
        var floor = floors.of(subject.name());
        double amount = subject.amount().of(mib);
        return new Comparison(subject.name(), subject.group(), floor.what(), floor.reference(), subject.unit(),
                rounded(measured.ourRate() * amount), rounded(measured.referenceRate() * amount), rounded(measured.ratio()),
                floor.floor(), measured.ratios().stream().map(Judge::rounded).toList(), attempts);
    }

    /// To four digits: the others are noise.
    private static double rounded(double value) {
        double unit = Math.pow(10, Math.floor(Math.log10(value)) - 3);
        return Math.round(Math.round(value / unit) * unit * 1e6) / 1e6;
    }
}
