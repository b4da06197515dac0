package io.xenolith.repository.report;

import java.util.List;
import java.util.Map;

/// What was counted for all restore points, by ascending time, and for their machines.
///
/// @param neededPacked bytes of packs that any point needs, about
record Accounts(List<Sums> points, Map<String, Sums> vms, double neededPacked) {

    /// What is added up for a point or a machine, in bytes.
    ///
    /// @param logical what it would take uncompressed and alone
    /// @param unique  of different chunks that a machine needs; 0 for a point
    /// @param news    of chunks that no earlier point needs; 0 for a machine
    /// @param freed   about what pruning would free in packs if it went
    /// @param packed  about what the new chunks take in packs
    record Sums(long logical, long unique, long news, double freed, double packed) {
    }
}
