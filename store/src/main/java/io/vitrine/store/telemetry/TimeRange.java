package io.vitrine.store.telemetry;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/**
 * A stretch of time.
 *
 * @param fromEpochNanos included
 * @param toEpochNanos not included
 */
public record TimeRange(long fromEpochNanos, long toEpochNanos) {

    public TimeRange {
        if (toEpochNanos < fromEpochNanos) {
            throw new IllegalArgumentException(
                    "toEpochNanos must be >= fromEpochNanos, " + fromEpochNanos + ": " + toEpochNanos);
        }
    }

    public static TimeRange of(Instant from, Instant to) {
        return new TimeRange(nanos(from), nanos(to));
    }

    /** One whole day, UTC. */
    public static TimeRange day(LocalDate day) {
        return of(
                day.atStartOfDay(ZoneOffset.UTC).toInstant(),
                day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    /** When it begins. */
    public Instant from() {
        return Instant.EPOCH.plusNanos(fromEpochNanos);
    }

    /** When it is over. */
    public Instant to() {
        return Instant.EPOCH.plusNanos(toEpochNanos);
    }

    static long nanos(Instant instant) {
        return Math.addExact(TimeUnit.SECONDS.toNanos(instant.getEpochSecond()), instant.getNano());
    }

    static LocalDate dayOf(long epochNanos) {
        return LocalDate.ofEpochDay(Math.floorDiv(epochNanos, TimeUnit.DAYS.toNanos(1)));
    }

    boolean touches(LocalDate day) {
        return !day.isBefore(dayOf(fromEpochNanos)) && !day.isAfter(dayOf(Math.max(fromEpochNanos, toEpochNanos - 1)));
    }
}
