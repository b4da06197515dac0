package io.xenolith.repository.retention;

import java.time.DayOfWeek;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/// The stretches that a calendar divides time into. Which one a moment lies in depends on the time zone.
enum CalendarUnit {
    HOURLY {
        @Override
        Object of(ZonedDateTime moment) {
            return moment.truncatedTo(ChronoUnit.HOURS).toInstant(); // the hour that summer time repeats is two hours
        }
    },
    DAILY {
        @Override
        Object of(ZonedDateTime moment) {
            return moment.toLocalDate();
        }
    },
    /// From Monday to Sunday, as ISO 8601 has it.
    WEEKLY {
        @Override
        Object of(ZonedDateTime moment) {
            return moment.toLocalDate().with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        }
    },
    MONTHLY {
        @Override
        Object of(ZonedDateTime moment) {
            return YearMonth.from(moment);
        }
    },
    YEARLY {
        @Override
        Object of(ZonedDateTime moment) {
            return moment.getYear();
        }
    };

    /// The stretch that `moment` lies in, equal for all of the same.
    abstract Object of(ZonedDateTime moment);
}
