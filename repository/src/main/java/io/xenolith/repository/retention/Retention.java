package io.xenolith.repository.retention;

import io.xenolith.engine.point.RestorePoint;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Rules that say which restore points of a machine are kept. A point stays if any rule keeps it; each rule looks at all
/// points, whatever the others keep.
///
/// - `keepLast`: the newest so many points.
/// - `keepHourly` to `keepYearly`: the newest point of each of the last so many hours, days, weeks (Monday to Sunday), months
///   or years *that have points*. A machine that is off for a month loses nothing by it.
/// - `keepWithin`: all points that are less than so much older than the machine's newest one. It is measured from there and
///   not from now: no clock is asked, and a machine loses no points by being off.
/// - Pinned points are always kept. They count like any other in the rules above.
///
/// Every rule keeps the newest point, so at least that one stays.
///
/// @param keepLast    points; like the numbers below, 0 is no such rule
/// @param keepHourly  hours
/// @param keepDaily   days
/// @param keepWeekly  weeks
/// @param keepMonthly months
/// @param keepYearly  years
/// @param keepWithin  how much older than the newest
public record Retention(int keepLast, int keepHourly, int keepDaily, int keepWeekly, int keepMonthly, int keepYearly,
        Optional<Within> keepWithin) {

    private static final Comparator<RestorePoint> NEWEST_FIRST =
            Comparator.comparing(RestorePoint::time).thenComparing(RestorePoint::id).reversed();

    public Retention {
        for (int count : new int[] {keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly, keepYearly}) {
            if (count < 0) {
                throw new IllegalArgumentException("keep %d restore points? A number to keep is at least 0".formatted(count));
            }
        }
    }

    /// Whether there is no rule at all, so that it would keep nothing but what is pinned.
    public boolean isEmpty() {
        return keepLast == 0 && keepHourly == 0 && keepDaily == 0 && keepWeekly == 0 && keepMonthly == 0 && keepYearly == 0
                && keepWithin.isEmpty();
    }

    /// Decides about each of `points`.
    ///
    /// @param points all points of one machine, in any order
    /// @param pinned ids of pinned points, also of other machines
    /// @param zone   where days begin and end
    /// @return a decision for each point, the oldest first
    /// @throws IllegalStateException if there is no rule, because everything would go then
    /// @throws IllegalArgumentException if the points are of several machines
    public List<Decision> apply(List<RestorePoint> points, Set<String> pinned, ZoneId zone) {
        if (isEmpty()) {
            throw new IllegalStateException("a retention without a rule would remove every restore point");
        }
        if (points.stream().map(RestorePoint::vm).distinct().count() > 1) {
            throw new IllegalArgumentException("retention looks at one machine at a time");
        }
        var newestFirst = points.stream().sorted(NEWEST_FIRST).toList();
        var reasons = new HashMap<RestorePoint, List<String>>();
        newestFirst.forEach(point -> reasons.put(point, new ArrayList<>()));
        keepLast(newestFirst, reasons);
        keepNewestOfEach(CalendarUnit.HOURLY, keepHourly, newestFirst, zone, reasons);
        keepNewestOfEach(CalendarUnit.DAILY, keepDaily, newestFirst, zone, reasons);
        keepNewestOfEach(CalendarUnit.WEEKLY, keepWeekly, newestFirst, zone, reasons);
        keepNewestOfEach(CalendarUnit.MONTHLY, keepMonthly, newestFirst, zone, reasons);
        keepNewestOfEach(CalendarUnit.YEARLY, keepYearly, newestFirst, zone, reasons);
        keepWithin.ifPresent(within -> keepWithin(within, newestFirst, zone, reasons));
        newestFirst.stream().filter(point -> pinned.contains(point.id())).forEach(point -> reasons.get(point).add("pinned"));
        return newestFirst.reversed().stream().map(point -> new Decision(point, reasons.get(point))).toList();
    }

    private void keepLast(List<RestorePoint> newestFirst, Map<RestorePoint, List<String>> reasons) {
        newestFirst.stream().limit(keepLast).forEach(point -> reasons.get(point).add("last"));
    }

    private static void keepNewestOfEach(CalendarUnit unit, int count, List<RestorePoint> newestFirst, ZoneId zone,
            Map<RestorePoint, List<String>> reasons) {
        var seen = new HashSet<Object>();
        for (var point : newestFirst) {
            if (seen.size() == count) {
                return;
            }
            if (seen.add(unit.of(point.time().atZone(zone)))) {
                reasons.get(point).add(unit.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static void keepWithin(Within within, List<RestorePoint> newestFirst, ZoneId zone,
            Map<RestorePoint, List<String>> reasons) {
        if (newestFirst.isEmpty()) {
            return;
        }
        Instant bound = within.before(newestFirst.getFirst().time(), zone);
        newestFirst.stream().filter(point -> point.time().isAfter(bound))
                .forEach(point -> reasons.get(point).add("within " + within));
    }
}
