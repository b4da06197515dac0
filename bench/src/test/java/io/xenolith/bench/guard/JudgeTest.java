package io.xenolith.bench.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.bench.result.GuardResults;
import io.xenolith.bench.result.Machine;
import io.xenolith.bench.result.ResultFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {

    private static final Subject ID = new Subject("id", "stages", "MiB/s", mib -> mib, _ -> {
        throw new AssertionError("the meter is a list of figures here");
    });

    @Test
    void theRatioIsTheMedianOfPairsAndNotTheRatioOfMedians() {
        // given rounds of which each hit another machine: ratios 0.5, 0.8 and 2
        var measured = new Measured(List.of(new Measured.Round(200, 100, 1), new Measured.Round(1000, 800, 1),
                new Measured.Round(10, 20, 1)));
        assertEquals(0.8, measured.ratio());
        // where medians of each side would have said 100 / 200
        assertEquals(1e9 / 200, measured.ourRate());
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertEquals(0.75, ratios(0.5, 1.0, 0.2, 3.0).ratio());
    }

    @Test
    void ratesCountPairsAndWhatOneDoes() throws Exception {
        var comparison = judge(0.1, new Measured(List.of(new Measured.Round(2e9, 1e9, 10)))).judge(ID);
        assertEquals(5 * 64, comparison.ours());
        assertEquals(10 * 64, comparison.bare());
        assertEquals(0.5, comparison.ratio());
    }

    @Test
    void whatReachesItsFloorIsMeasuredOnce() throws Exception {
        var comparison = judge(0.9, ratios(0.9)).judge(ID);
        assertTrue(comparison.passes());
        assertEquals(1, comparison.attempts());
    }

    @Test
    void whatIsBelowItsFloorIsMeasuredOnceMore() throws Exception {
        var comparison = judge(0.9, ratios(0.89), ratios(0.95)).judge(ID);
        assertTrue(comparison.passes());
        assertEquals(2, comparison.attempts());
        assertEquals(List.of(0.95), comparison.ratios());
    }

    @Test
    void aFloorThatIsMissedTwiceIsNamedAndFailsTheRun() throws Exception {
        var results = new GuardResults(Machine.observe(),
                List.of(judge(0.9, ratios(0.89), ratios(0.5)).judge(ID), judge(0.2, ratios(0.3)).judge(ID)));
        var out = new ByteArrayOutputStream();
        assertEquals(1, Guard.verdict(results, new PrintStream(out, true, StandardCharsets.UTF_8)));
        assertEquals("id: what id does reaches 0.50 of its reference (what it is compared with), its floor is 0.90\n",
                out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aRunInWhichAllReachTheirFloorsSucceedsSilently() throws Exception {
        var results = new GuardResults(Machine.observe(), List.of(judge(0.2, ratios(0.3)).judge(ID)));
        var out = new ByteArrayOutputStream();
        assertEquals(0, Guard.verdict(results, new PrintStream(out, true, StandardCharsets.UTF_8)));
        assertEquals(0, out.size());
    }

    @Test
    void resultsComeBackFromTheirFileAsTheyWere(@TempDir Path folder) throws Exception {
        var results = new GuardResults(Machine.observe(), List.of(judge(0.9, ratios(0.1), ratios(0.123456789)).judge(ID)));
        ResultFile.write(folder.resolve("new/guard.json"), results);
        assertEquals(results, ResultFile.read(folder.resolve("new/guard.json"), GuardResults.class));
        assertFalse(results.missed().isEmpty());
        assertEquals(0.1235, results.missed().getFirst().ratio());
    }

    private static Judge judge(double floor, Measured... measured) throws FloorsException {
        Queue<Measured> figures = new ArrayDeque<>(Arrays.asList(measured));
        return new Judge(new Floors(List.of(FloorsTest.floor("id", floor)), List.of("id")), _ -> figures.remove(), 64);
    }

    private static Measured ratios(double... ratios) {
        return new Measured(Arrays.stream(ratios).mapToObj(ratio -> new Measured.Round(100, 100 * ratio, 1)).toList());
    }
}
