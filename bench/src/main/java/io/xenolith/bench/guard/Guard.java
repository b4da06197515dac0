package io.xenolith.bench.guard;

import io.xenolith.bench.result.Comparison;
import io.xenolith.bench.result.GuardResults;
import io.xenolith.bench.result.Machine;
import io.xenolith.bench.result.ResultFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The command `bin/bench guard [--out FILE] [NAME...]`. It runs in the project's root.
///
/// Without names it measures all guards and writes the results to `bench/results/guard.json`. Exit codes: 0 if all ratios reach
/// their floors, 1 if one does not, 2 for wrong usage and for floors that do not fit the guards.
public final class Guard {

    static final Path FLOORS = Path.of("bench/floors.json");

    private static final Path RESULTS = Path.of("bench/results/guard.json");
    private static final int MIB = 64;

    private Guard() {
    }

    public static void main(String[] arguments) throws Exception {
        Wanted wanted;
        Floors floors;
        try {
            wanted = Wanted.parse(arguments);
            floors = Floors.read(FLOORS, Subjects.names());
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("bin/bench guard: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(wanted, new Judge(floors, new JmhMeter(MIB), MIB)));
    }

    /// @param out where the results go; nowhere, if only a part of the guards was asked for
    private record Wanted(List<Subject> subjects, Optional<Path> out) {

        /// @throws IllegalArgumentException if the arguments are none that there are
        static Wanted parse(String[] arguments) {
            var names = new ArrayDeque<>(List.of(arguments));
            var out = names.isEmpty() ? Optional.of(RESULTS) : Optional.<Path>empty();
            if ("--out".equals(names.peek())) {
                names.remove();
                if (names.isEmpty()) {
                    throw new IllegalArgumentException("--out FILE: say where to write the results");
                }
                out = Optional.of(Path.of(names.remove()));
            }
            var subjects = names.stream().map(Subjects::named).toList();
            return new Wanted(subjects.isEmpty() ? Subjects.all() : subjects, out);
        }
    }

    private static int run(Wanted wanted, Judge judge) throws Exception {
        var machine = Machine.observe();
        var comparisons = new ArrayList<Comparison>();
        System.out.printf("%-20s %12s %12s %6s  %6s %6s  %s%n", "GUARD", "OURS", "REFERENCE", "", "RATIO", "FLOOR", "VERDICT");
        for (var subject : wanted.subjects) {
            var comparison = judge.judge(subject);
            comparisons.add(comparison);
            print(comparison, System.out);
        }
        var results = new GuardResults(machine.afterwards(), comparisons);
        if (wanted.out.isPresent()) {
            ResultFile.write(wanted.out.get(), results);
        }
        return verdict(results, System.out);
    }

    private static void print(Comparison comparison, PrintStream to) {
        to.printf("%-20s %,12.0f %,12.0f %-6s  %6.2f %6.2f  %s%s%n", comparison.name(), comparison.ours(), comparison.bare(),
                comparison.unit(), comparison.ratio(), comparison.floor(), comparison.passes() ? "ok" : "MISSED",
                comparison.attempts() > 1 ? ", measured twice" : "");
    }

    /// Says which floors were missed.
    ///
    /// @return the exit code
    static int verdict(GuardResults results, PrintStream to) {
        for (var missed : results.missed()) {
            to.printf("%s: %s reaches %.2f of its reference (%s), its floor is %.2f%n", missed.name(), missed.what(),
                    missed.ratio(), missed.reference(), missed.floor());
        }
        return results.missed().isEmpty() ? 0 : 1;
    }
}
