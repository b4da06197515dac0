package io.xenolith.repository.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.point.RandomPoints;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SeedExtension.class)
class RetentionTest {

    private static final ZoneId UTC = ZoneOffset.UTC;
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /// Reads `last 3, daily 7, within 14d`.
    private static Retention retention(String rules) {
        var counts = new int[6];
        var within = Optional.<Within>empty();
        for (var rule : rules.split(", ")) {
            var words = rule.split(" ");
            if (words[0].equals("within")) {
                within = Optional.of(Within.parse(words[1]));
            } else {
                counts[List.of("last", "hourly", "daily", "weekly", "monthly", "yearly").indexOf(words[0])] =
                        Integer.parseInt(words[1]);
            }
        }
        return new Retention(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], within);
    }

    private static List<RestorePoint> points(String... times) {
        var random = new Random(1);
        return Stream.of(times).map(time -> RandomPoints.at("web", time, random)).toList();
    }

    private static String kept(List<Decision> decisions) {
        return decisions.stream().filter(Decision::keep).map(decision -> decision.point().time().toString().substring(5, 16))
                .collect(Collectors.joining(" "));
    }

    /// 2026-11-16 is a Monday. The points, in UTC: two on Saturday the 31st of October, then Sunday, Sunday, Monday, three
    /// within two hours of Friday, and one on Saturday.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            last 1                 | 11-21T00:30
            last 3                 | 11-20T10:50 11-20T11:10 11-21T00:30
            last 99                | 10-31T08:00 10-31T23:30 11-08T12:00 11-15T12:00 11-16T12:00 11-20T10:20 11-20T10:50 11-20T11:10 11-21T00:30
            hourly 2               | 11-20T11:10 11-21T00:30
            hourly 3               | 11-20T10:50 11-20T11:10 11-21T00:30
            daily 1                | 11-21T00:30
            daily 3                | 11-16T12:00 11-20T11:10 11-21T00:30
            weekly 2               | 11-15T12:00 11-21T00:30
            weekly 4               | 10-31T23:30 11-08T12:00 11-15T12:00 11-21T00:30
            monthly 2              | 10-31T23:30 11-21T00:30
            yearly 5               | 11-21T00:30
            within 1d              | 11-20T10:20 11-20T10:50 11-20T11:10 11-21T00:30
            within 14h             | 11-20T10:50 11-20T11:10 11-21T00:30
            within 1m              | 10-31T08:00 10-31T23:30 11-08T12:00 11-15T12:00 11-16T12:00 11-20T10:20 11-20T10:50 11-20T11:10 11-21T00:30
            last 1, monthly 2      | 10-31T23:30 11-21T00:30
            daily 2, weekly 2      | 11-15T12:00 11-20T11:10 11-21T00:30
            """)
    void theRulesKeepWhatTheySay(String rules, String expected) {
        var points = points("2026-10-31T08:00:00Z", "2026-10-31T23:30:00Z", "2026-11-08T12:00:00Z", "2026-11-15T12:00:00Z",
                "2026-11-16T12:00:00Z", "2026-11-20T10:20:00Z", "2026-11-20T10:50:00Z", "2026-11-20T11:10:00Z",
                "2026-11-21T00:30:00Z");
        assertEquals(expected, kept(retention(rules).apply(points, Set.of(), UTC)));
    }

    @Test
    void daysWithoutPointsDoNotCount() {
        var points = points("2020-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        assertEquals("01-01T00:00 01-01T00:00 01-01T00:00", kept(retention("daily 3").apply(points, Set.of(), UTC)));
    }

    @Test
    void theTimeZoneSaysWhereADayEnds() {
        // 23:30 UTC is 00:30 of the next day in Berlin
        var points = points("2026-11-20T12:00:00Z", "2026-11-20T23:30:00Z", "2026-11-21T12:00:00Z");
        assertEquals("11-20T23:30 11-21T12:00", kept(retention("daily 2").apply(points, Set.of(), UTC)));
        assertEquals("11-20T12:00 11-21T12:00", kept(retention("daily 2").apply(points, Set.of(), BERLIN)));
    }

    @Test
    void weeksAreThoseOfIso8601AcrossTheYear() {
        // Monday 2025-12-29 to Sunday 2026-01-04 is one week
        var points = points("2025-12-28T12:00:00Z", "2025-12-29T12:00:00Z", "2026-01-04T12:00:00Z", "2026-01-05T12:00:00Z");
        assertEquals("12-28T12:00 01-04T12:00 01-05T12:00", kept(retention("weekly 9").apply(points, Set.of(), UTC)));
    }

    @Test
    void theHourThatSummerTimeRepeatsIsTwoHours() {
        var points = points("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
        assertEquals("10-25T00:30 10-25T01:30", kept(retention("hourly 2").apply(points, Set.of(), BERLIN)));
    }

    @Test
    void withinIsMeasuredFromTheNewestPointAndLeavesOutItsVeryEnd() {
        var points = points("2020-03-17T12:00:00Z", "2020-03-17T12:00:01Z", "2020-03-31T12:00:00Z");
        var decisions = retention("within 14d").apply(points, Set.of(), UTC);
        assertEquals(List.of(false, true, true), decisions.stream().map(Decision::keep).toList());
    }

    @Test
    void eachReasonIsTold() {
        var points = points("2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z");
        var decisions = retention("last 1, hourly 1, daily 2, weekly 1, monthly 1, yearly 1, within 6h")
                .apply(points, Set.of(points.get(1).id(), "0000000000000000"), UTC);
        assertEquals(points, decisions.stream().map(Decision::point).toList());
        assertEquals(List.of("daily"), decisions.get(0).reasons());
        assertEquals(List.of("within 6h", "pinned"), decisions.get(1).reasons());
        assertEquals(List.of("last", "hourly", "daily", "weekly", "monthly", "yearly", "within 6h"), decisions.get(2).reasons());
    }

    @Test
    void withoutARuleNothingIsDecided() {
        var none = new Retention(0, 0, 0, 0, 0, 0, Optional.empty());
        assertTrue(none.isEmpty());
        var points = points("2026-11-20T12:00:00Z");
        assertThrows(IllegalStateException.class, () -> none.apply(points, Set.of(), UTC));
    }

    @Test
    void pointsOfSeveralMachinesAreRefused() {
        var random = new Random(1);
        var points = List.of(RandomPoints.at("a", "2026-11-20T12:00:00Z", random),
                RandomPoints.at("b", "2026-11-20T12:00:00Z", random));
        assertThrows(IllegalArgumentException.class, () -> retention("last 1").apply(points, Set.of(), UTC));
    }

    @Test
    void aMachineWithoutPointsNeedsNoDecision() {
        assertEquals(List.of(), retention("last 1, daily 3, within 1d").apply(List.of(), Set.of(), UTC));
    }

    @Test
    void aNumberBelowNoneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Retention(0, 0, -1, 0, 0, 0, Optional.empty()));
    }

    @Test
    void anyRuleKeepsTheNewestAndAllThatIsPinned(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 300; i++) {
            var points = randomPoints(random);
            var pinned = points.stream().filter(_ -> random.nextInt(10) == 0).map(RestorePoint::id).collect(Collectors.toSet());
            var kept = keptIds(randomRetention(random), points, pinned);
            var newest = points.stream().map(RestorePoint::time).max(Instant::compareTo).orElseThrow();
            assertTrue(points.stream().anyMatch(point -> point.time().equals(newest) && kept.contains(point.id())));
            assertTrue(kept.containsAll(pinned));
        }
    }

    @Test
    void keepingMoreNeverLosesAPointAndOrderDoesNotMatter(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 300; i++) {
            var points = randomPoints(random);
            var retention = randomRetention(random);
            var kept = keptIds(retention, points, Set.of());
            assertTrue(keptIds(more(retention, random), points, Set.of()).containsAll(kept), retention.toString());
            var shuffled = new ArrayList<>(points);
            Collections.shuffle(shuffled, random);
            assertEquals(kept, keptIds(retention, shuffled, Set.of()));
        }
    }

    @Test
    void applyingItAgainToWhatWasKeptRemovesNothing(Seed seed) {
        var random = seed.random();
        for (int i = 0; i < 300; i++) {
            var points = randomPoints(random);
            var retention = randomRetention(random);
            var kept = keptIds(retention, points, Set.of());
            var left = points.stream().filter(point -> kept.contains(point.id())).toList();
            assertEquals(kept, keptIds(retention, left, Set.of()), retention.toString());
        }
    }

    private static Set<String> keptIds(Retention retention, List<RestorePoint> points, Set<String> pinned) {
        var decisions = retention.apply(points, pinned, BERLIN);
        assertEquals(new HashSet<>(points), decisions.stream().map(Decision::point).collect(Collectors.toSet()));
        return decisions.stream().filter(Decision::keep).map(decision -> decision.point().id()).collect(Collectors.toSet());
    }

    private static List<RestorePoint> randomPoints(Random random) {
        int span = random.nextInt(1, 100_000_000); // seconds, up to three years
        return Stream.generate(() -> RandomPoints.at("web", Instant.ofEpochSecond(1_700_000_000L + random.nextInt(span)), random))
                .limit(random.nextInt(1, 60)).toList();
    }

    private static Retention randomRetention(Random random) {
        var counts = random.ints(6, 0, 8).map(count -> random.nextInt(3) == 0 ? count : 0).toArray();
        var within = random.nextInt(4) == 0 ? Optional.of(Within.parse(random.nextInt(1, 900) + "d")) : Optional.<Within>empty();
        var retention = new Retention(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], within);
        return retention.isEmpty() ? randomRetention(random) : retention;
    }

    private static Retention more(Retention less, Random random) {
        return new Retention(less.keepLast() + random.nextInt(3), less.keepHourly() + random.nextInt(3),
                less.keepDaily() + random.nextInt(3), less.keepWeekly() + random.nextInt(3),
                less.keepMonthly() + random.nextInt(3), less.keepYearly() + random.nextInt(3),
                less.keepWithin().map(within -> new Within(within.dates().plusMonths(random.nextInt(3)), random.nextInt(9))));
    }

    @ParameterizedTest
    @CsvSource({"14d,14d", "6h,6h", "2w,14d", "3m,3m", "1y,1y", "1y6m14d,1y6m14d", "1y2m3w4d5h,1y2m25d5h", "48h,48h", "0y1d,1d"})
    void aStretchOfTimeIsReadAndShown(String text, String shown) {
        assertEquals(shown, Within.parse(text).toString());
        assertEquals(Within.parse(text), Within.parse(shown));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0d", "0y0h", "14", "d", "-1d", "1d1y", "1d1d", "1.5d", "14 d", "14D", "99999999999999d", "1s", "٣d"})
    void whatIsNoStretchOfTimeIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Within.parse(text), text);
    }

    @Test
    void theLongestStretchOfTimeKeepsEverything() {
        var points = points("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z");
        assertEquals(2, retention("within 9999y99999m99999w999999d9999999h").apply(points, Set.of(), UTC).stream()
                .filter(Decision::keep).count());
    }
}
