package io.xenolith.bench.growth;

/// Something that was measured.
///
/// @param name what, with the size at which it was measured
/// @param unit of the value; empty for a ratio
/// @param note what has to be known to read it; may be empty
record Figure(String name, double value, String unit, String note) {
}
