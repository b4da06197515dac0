package io.xenolith.bench.guard;

import io.xenolith.bench.result.Comparison;
import io.xenolith.bench.result.GuardResults;
import io.xenolith.bench.result.ResultFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The command `bin/bench floors RESULTS...`: sets each floor to 0.85 times the median of what some runs of the guards measured.
/// A guard that is in none of them keeps its floor. It runs in the project's root.
public final class SetFloors {

    /// Runs of one guard on a busy machine lie within a tenth of each other; what is lost beyond that is worth a look.
    private static final double PART = 0.85;

    private SetFloors() {
    }

    public static void main(String[] files) throws IOException {
        if (files.length == 0) {
            System.err.println("bin/bench floors RESULTS...: name files that 'bin/bench guard --out FILE' wrote");
            System.exit(2);
        }
        var comparisons = new ArrayList<Comparison>();
        for (var file : files) {
            comparisons.addAll(ResultFile.read(Path.of(file), GuardResults.class).comparisons());
        }
        var floors = ResultFile.read(Guard.FLOORS, Floor[].class);
        ResultFile.write(Guard.FLOORS, Arrays.stream(floors).map(floor -> reset(floor, comparisons)).toList());
    }

    /// The floor as the comparisons of its guard want it.
    static Floor reset(Floor floor, List<Comparison> comparisons) {
        var ratios = comparisons.stream().filter(comparison -> comparison.name().equals(floor.name()))
                .mapToDouble(Comparison::ratio).toArray();
        double value = ratios.length == 0 ? floor.floor()
                : Math.round(100 * PART * Median.of(Arrays.stream(ratios))) / 100.0;
        return new Floor(floor.name(), floor.what(), floor.reference(), value);
    }
}
