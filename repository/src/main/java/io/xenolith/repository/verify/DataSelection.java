package io.xenolith.repository.verify;

import java.time.Duration;

/// Which packs are read by a verification. Structures are checked in any case.
public sealed interface DataSelection {

    /// None.
    record None() implements DataSelection {
    }

    /// All that the restore points need.
    record All() implements DataSelection {
    }

    /// A random part of them.
    ///
    /// @param fraction of their bytes, above 0 and at most 1
    record Sample(double fraction) implements DataSelection {
        public Sample {
            if (!(fraction > 0 && fraction <= 1)) {
                throw new IllegalArgumentException("a sample of %s; it must be above 0 and at most 100 %%".formatted(fraction));
            }
        }
    }

    /// Those that were not verified for a time.
    record OlderThan(Duration age) implements DataSelection {
    }
}
