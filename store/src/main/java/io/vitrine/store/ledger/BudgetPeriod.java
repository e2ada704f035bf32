package io.vitrine.store.ledger;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The stretches of time, UTC, that a budget can be set for. */
public enum BudgetPeriod {
    DAY {
        @Override
        LocalDate first(LocalDate day) {
            return day;
        }

        @Override
        LocalDate next(LocalDate first) {
            return first.plusDays(1);
        }

        @Override
        String key(LocalDate first) {
            return first.toString();
        }
    },
    MONTH {
        @Override
        LocalDate first(LocalDate day) {
            return day.withDayOfMonth(1);
        }

        @Override
        LocalDate next(LocalDate first) {
            return first.plusMonths(1);
        }

        @Override
        String key(LocalDate first) {
            return first.toString().substring(0, 7);
        }
    };

    abstract LocalDate first(LocalDate day);

    abstract LocalDate next(LocalDate first);

    abstract String key(LocalDate first);

    /** The period that a moment lies in, as the table names it: {@code 2026-11-24} or {@code 2026-11}. */
    String keyAt(long epochMillis) {
        return key(first(day(epochMillis)));
    }

    long startMillis(long epochMillis) {
        return millis(first(day(epochMillis)));
    }

    long endMillis(long epochMillis) {
        return millis(next(first(day(epochMillis))));
    }

    private static LocalDate day(long epochMillis) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(epochMillis), ZoneOffset.UTC);
    }

    private static long millis(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
