package io.vitrine.alerting.routing;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.Set;

/**
 * Hours that come back every week, in a time zone: business hours, maintenance windows. A range that ends before it
 * begins goes over midnight and belongs to the day on which it begins.
 *
 * @param from included
 * @param to excluded; {@code 00:00} is the end of the day
 */
public record WeeklyHours(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {

    public WeeklyHours {
        if (days.isEmpty()) {
            throw new IllegalArgumentException("hours need at least one day");
        }
        days = java.util.Collections.unmodifiableSet(EnumSet.copyOf(days));
    }

    /** Whether a time lies in them. */
    public boolean contains(long atMillis) {
        ZonedDateTime at = Instant.ofEpochMilli(atMillis).atZone(zone);
        LocalTime time = at.toLocalTime();
        DayOfWeek today = at.getDayOfWeek();
        if (to.equals(LocalTime.MIDNIGHT) || from.isBefore(to)) {
            boolean beforeEnd = to.equals(LocalTime.MIDNIGHT) || time.isBefore(to);
            return days.contains(today) && !time.isBefore(from) && beforeEnd;
        }
        boolean lateToday = days.contains(today) && !time.isBefore(from);
        boolean earlyAfter = days.contains(today.minus(1)) && time.isBefore(to);
        return lateToday || earlyAfter;
    }
}
