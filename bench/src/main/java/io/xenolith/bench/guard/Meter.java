package io.xenolith.bench.guard;

/// Measures a guard's two sides.
interface Meter {

    /// @throws Exception if either side fails
    Measured measure(Subject subject) throws Exception;
}
