package io.xenolith.bench.result;

import java.util.List;

/// What one guard measured.
///
/// @param name      of the guard
/// @param subject   what it belongs to: `stages`, `pipeline`, `formats` or `nbd`
/// @param what      is guarded
/// @param reference what it is compared with
/// @param unit      of the two rates
/// @param ours      our rate, the median
/// @param bare      the reference's rate, the median
/// @param ratio     the median of `ratios`
/// @param floor     below which the ratio is a failure
/// @param ratios    our rate ÷ the reference's, of pairs measured one behind the other
/// @param attempts  how often it was measured: 2 where the first ratio was below the floor
public record Comparison(String name, String subject, String what, String reference, String unit, double ours, double bare,
        double ratio, double floor, List<Double> ratios, int attempts) {

    public boolean passes() {
        return ratio >= floor;
    }
}
