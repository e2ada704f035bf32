package io.vitrine.server.alerting;

import java.time.Clock;
import java.time.Duration;

import io.vitrine.model.engine.NanoClock;

/**
 * The time that alerts are evaluated by.
 *
 * @param wall what {@code for}, windows and routing count on
 * @param nanos the pace at which evaluations go on while the wall clock is set back
 * @param pace seconds of these clocks for each second of the machine: 1, except where faults are injected
 */
public record AlertTime(Clock wall, NanoClock nanos, int pace) {

    public AlertTime {
        if (pace < 1) {
            throw new IllegalArgumentException("pace must be >= 1: " + pace);
        }
    }

    /** The machine's. */
    public static AlertTime of(NanoClock nanos) {
        return new AlertTime(Clock.systemUTC(), nanos, 1);
    }

    /** How long a timer runs for an interval of these clocks. */
    long timerMillis(Duration interval) {
        return Math.max(1, interval.toMillis() / pace);
    }
}
