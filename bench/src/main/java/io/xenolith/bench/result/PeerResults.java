package io.xenolith.bench.result;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run of `bin/bench peers`: `peers.json`.
///
/// @param runs     how many, of which the rows are the medians
/// @param diskMib  how large each disk is
/// @param versions of the programs, by their names
/// @param notes    who was left out and what was done otherwise, as sentences
/// @param facts    bytes of the first disk's data and of what was new of it
public record PeerResults(Machine machine, int runs, long diskMib, Map<String, String> versions, List<String> notes,
        Map<String, Long> facts, List<Row> rows) {

    public static final String OURS = "xenolith";

    /// What one step took with one program; 0 for what the step does not have.
    ///
    /// @param name of the program, or of the machine's limit
    /// @param mib  of a repository's size, or of what was read
    /// @param runs the seconds, or MiB, of each run
    public record Row(String step, String name, double seconds, double cpuSeconds, double memoryMib, double mib,
            List<Double> runs) {

        /// What the step is about: seconds, or MiB where it takes no time.
        public double figure() {
            return seconds > 0 ? seconds : mib;
        }
    }

    public Optional<Row> row(String step, String name) {
        return rows.stream().filter(row -> row.step().equals(step) && row.name().equals(name)).findFirst();
    }

    /// The programs that took part, Xenolith first.
    public List<String> peers() {
        return rows.stream().filter(row -> row.step().equals("verify")).map(Row::name).toList();
    }

    /// What stands beside the programs in a step.
    public List<Row> limits(String step) {
        return rows.stream().filter(row -> row.step().equals(step) && !peers().contains(row.name())).toList();
    }
}
