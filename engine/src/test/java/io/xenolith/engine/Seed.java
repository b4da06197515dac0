package io.xenolith.engine;

import java.util.Random;

/// The seed of a randomised test, to be repeated with `-Dxenolith.seed=N`. Injected by [SeedExtension], which prints it
/// when the test fails.
///
/// @param value the seed
public record Seed(long value) {

    /// A generator that begins at the seed.
    public Random random() {
        return new Random(value);
    }

    /// A generator for the case `index` of many.
    public Random random(int index) {
        return new Random(value * 1_000_003 + index);
    }
}
