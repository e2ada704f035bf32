package io.vitrine.server.faults;

import java.time.Duration;

/**
 * When a rule should fire, on the alerts' clock.
 *
 * @param own how long the condition takes to become true, in seconds of the machine: a step limit, a driver's deadline
 * @param window how long it takes to become true on the alerts' clock: the share of a window that must be bad
 * @param holdFor the rule's {@code for}
 */
record Theory(double own, Duration window, Duration holdFor) {

    static final Duration INTERVAL = Duration.ofSeconds(15);

    static Theory atOnce() {
        return holds(Duration.ZERO);
    }

    static Theory holds(Duration holdFor) {
        return new Theory(0, Duration.ZERO, holdFor);
    }

    Theory after(double ownSeconds) {
        return new Theory(ownSeconds, window, holdFor);
    }

    Theory fills(Duration share) {
        return new Theory(own, share, holdFor);
    }

    /** Before this the rule would ignore its {@code for}. */
    Duration least(int pace) {
        return Duration.ofMillis((long) (own * 1_000 * pace)).plus(window).plus(holdFor);
    }

    /** The condition is seen at an evaluation, and its time is over at another one. */
    Duration most(int pace) {
        return least(pace).plus(INTERVAL.multipliedBy(2));
    }
}
