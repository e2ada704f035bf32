package io.vitrine.alerting.slo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Events of one objective and label set by minute, for as long as the longest burn-rate window: what burn rates are
 * computed from. Of constant size. Not thread-safe.
 */
final class EventHistory {

    /** Bad and good events of a window. */
    record Events(double bad, double total) {}

    private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final int MINUTES_OF_AN_HOUR = 60;
    /** One more for the minute that has begun, and an hour so that a whole one can be written down. */
    private static final int SIZE = (int) BurnRateRules.LONGEST_WINDOW.toMinutes() + MINUTES_OF_AN_HOUR + 1;

    private final double[] bad = new double[SIZE];
    private final double[] total = new double[SIZE];
    private long newestMinute = Long.MIN_VALUE;

    void add(long atMillis, double moreBad, double moreTotal) {
        long minute = Math.floorDiv(atMillis, MINUTE_MILLIS);
        advance(minute);
        if (minute > newestMinute - SIZE) {
            bad[index(minute)] += moreBad;
            total[index(minute)] += moreTotal;
        }
    }

    private void advance(long minute) {
        if (newestMinute == Long.MIN_VALUE) {
            newestMinute = minute;
        }
        for (long next = Math.max(newestMinute + 1, minute - SIZE + 1); next <= minute; next++) {
            bad[index(next)] = 0;
            total[index(next)] = 0;
        }
        newestMinute = Math.max(newestMinute, minute);
    }

    private static int index(long minute) {
        return (int) Math.floorMod(minute, (long) SIZE);
    }

    /** Events of the window that ends at a time, in whole minutes, and of the minute that has begun. */
    Events sum(long atMillis, Duration window) {
        long last = Math.floorDiv(atMillis, MINUTE_MILLIS);
        advance(last);
        double sumBad = 0;
        double sumTotal = 0;
        for (long minute = last - window.toMinutes(); minute <= last; minute++) {
            sumBad += bad[index(minute)];
            sumTotal += total[index(minute)];
        }
        return new Events(sumBad, sumTotal);
    }

    /** Minutes with events of the hour that begins at a time. */
    List<SloHour.Minute> minutes(long hourMillis) {
        long first = Math.floorDiv(hourMillis, MINUTE_MILLIS);
        List<SloHour.Minute> minutes = new ArrayList<>();
        for (int minute = 0; minute < MINUTES_OF_AN_HOUR && first + minute <= newestMinute; minute++) {
            int index = index(first + minute);
            if (total[index] > 0) {
                minutes.add(new SloHour.Minute(minute, bad[index], total[index]));
            }
        }
        return minutes;
    }

    /** Puts a written hour back; hours come in the order of their times. */
    void restore(SloHour hour) {
        hour.minutes()
                .forEach(minute ->
                        add(hour.startMillis() + minute.index() * MINUTE_MILLIS, minute.bad(), minute.total()));
    }
}
