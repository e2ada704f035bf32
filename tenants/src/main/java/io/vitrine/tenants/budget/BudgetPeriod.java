package io.vitrine.tenants.budget;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** How long a budget lasts, in UTC. */
public enum BudgetPeriod {
    DAY,
    MONTH;

    LocalDate firstDay(LocalDate day) {
        return switch (this) {
            case DAY -> day;
            case MONTH -> day.withDayOfMonth(1);
        };
    }

    /** When the next one begins. */
    Instant end(LocalDate day) {
        LocalDate next =
                switch (this) {
                    case DAY -> day.plusDays(1);
                    case MONTH -> firstDay(day).plusMonths(1);
                };
        return next.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
