package io.xenolith.bench.guard;

import io.xenolith.bench.result.Comparison;
import io.xenolith.bench.result.GuardResults;
import io.xenolith.bench.result.Machine;
import io.xenolith.bench.result.ResultFile;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command `bin/bench guard [--out FILE] [NAME...]`. It runs in the project's root.
///
/// Exit codes: 0 if all ratios reach their floors, 1 if one does not, 2 for wrong usage.
public final class Guard {

    private static final Path FLOORS = Path.of("bench/floors.json");
    private static final Path RESULTS = Path.of("bench/results/guard.json");
    private static final int MIB = 64;

    private Guard() {
    }

    public static void main(String[] arguments) throws Exception {
        var names = new ArrayList<>(List.of(arguments));
        Path out = null;
        if (!names.isEmpty() && names.getFirst().equals("--out")) {
            if (names.size() < 2) {
                fail("--out FILE: say where to write the results");
            }
            out = Path.of(names.remove(1));
            names.removeFirst();
        } else if (names.isEmpty()) {
            out = RESULTS; // a part of the guards does not replace the results of all
        }
        var subjects = new ArrayList<Subject>();
        try {
            names.forEach(name -> subjects.add(Subjects.named(name)));
        } catch (IllegalArgumentException e) {
            fail(e.getMessage());
        }
        System.exit(run(subjects.isEmpty() ? Subjects.all() : subjects, out));
    }

    private static void fail(String message) {
        System.err.println("bin/bench guard: " + message);
        System.exit(2);
    }

    private static int run(List<Subject> subjects, Path out) throws Exception {
        var judge = new Judge(Floors.read(FLOORS, Subjects.names()), new JmhMeter(MIB), MIB);
        var machine = Machine.observe();
        var comparisons = new ArrayList<Comparison>();
        System.out.printf("%-20s %12s %12s %6s  %6s %6s  %s%n", "GUARD", "OURS", "REFERENCE", "", "RATIO", "FLOOR", "VERDICT");
        for (var subject : subjects) {
            var comparison = judge.judge(subject);
            comparisons.add(comparison);
            print(comparison, System.out);
        }
        var results = new GuardResults(machine.afterwards(), comparisons);
        if (out != null) {
            ResultFile.write(out, results);
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
