package io.xenolith.bench.result;

/// A figure of how something grows: `growth.json` is a list of these.
///
/// @param name of what was measured
/// @param note how, or what it means
public record GrowthRow(String name, double value, String unit, String note) {
}
