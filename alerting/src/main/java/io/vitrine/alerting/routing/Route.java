package io.vitrine.alerting.routing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.vitrine.alerting.series.Matcher;

/**
 * The receivers of alerts that match. The first matching route applies.
 *
 * @param receivers names; empty: console and log only
 * @param groupBy labels whose values make one group, and one message
 * @param groupWait from a group's first alert to its first message, so that related alerts share it
 * @param groupInterval least time between two messages of a group
 * @param repeatInterval a group that still fires is sent again after it
 * @param due time to acknowledge; afterwards the group goes to {@code escalateTo}
 * @param during hours in which messages are sent; outside of them they wait
 */
public record Route(
        String name,
        List<Matcher> matchers,
        List<String> receivers,
        List<String> groupBy,
        Duration groupWait,
        Duration groupInterval,
        Duration repeatInterval,
        Optional<Duration> due,
        List<String> escalateTo,
        Optional<WeeklyHours> during) {

    public Route {
        matchers = List.copyOf(matchers);
        receivers = List.copyOf(receivers);
        groupBy = List.copyOf(groupBy);
        escalateTo = List.copyOf(escalateTo);
        if (groupWait.isNegative() || groupInterval.isNegative() || repeatInterval.isNegative()) {
            throw new IllegalArgumentException("route " + name + ": an interval must not be negative");
        }
        if (due.isEmpty() && !escalateTo.isEmpty()) {
            throw new IllegalArgumentException("route " + name + ": escalate-to needs due");
        }
    }
}
