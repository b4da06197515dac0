package io.xenolith.bench.guard;

/// What one guard measures.
///
/// @param name   by which it is asked for
/// @param group  what it belongs to, see [io.xenolith.bench.result.Comparison#subject()]
/// @param unit   of the rates, such as MiB/s
/// @param amount of the unit, such as MiB, that one turn does
/// @param maker  of the pair
record Subject(String name, String group, String unit, Amount amount, Maker maker) {

    /// How much one turn does.
    interface Amount {
        /// @param mib of disk for each worker, where the subject is a pipeline
        double of(int mib);
    }

    /// Prepares a pair, which may take seconds.
    interface Maker {
        /// @param mib of disk for each worker, where the subject is a pipeline
        Pair make(int mib) throws Exception;
    }
}
