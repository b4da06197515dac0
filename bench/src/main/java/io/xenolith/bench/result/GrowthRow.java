package io.xenolith.bench.result;

/// A figure of how something grows.
///
/// @param simulation that it comes from
/// @param name       what was measured, with the size at which it was
/// @param unit       of the value; empty for a ratio
/// @param note       what has to be known to read it; may be empty
/// @param day        on which it was measured, ISO 8601
public record GrowthRow(String simulation, String name, double value, String unit, String note, String day) {
}
