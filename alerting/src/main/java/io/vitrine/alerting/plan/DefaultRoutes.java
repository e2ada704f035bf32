package io.vitrine.alerting.plan;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.vitrine.alerting.routing.Route;
import io.vitrine.alerting.routing.WeeklyHours;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.alerting.series.Matcher;

/**
 * Where alerts go if the file has no routes: P0 pages at once; P1 goes to chat and e-mail, is due in 15 minutes and escalates to the
 * pager; P2 is shown and due within the hour; P3 is for business hours. Without receivers all of it is log, API and meters.
 */
final class DefaultRoutes {

    private static final Set<String> PAGERS = Set.of("pagerduty");
    private static final Set<String> MESSENGERS = Set.of("slack", "email");
    private static final List<String> GROUP_BY = List.of("alertname", "model", "slo", "gpu");
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Duration LATER = Duration.ofMinutes(5);

    private DefaultRoutes() {}

    /** @param typeByReceiver types by name */
    static List<Route> of(Map<String, String> typeByReceiver, WeeklyHours businessHours) {
        List<String> all = List.copyOf(typeByReceiver.keySet());
        List<String> pagers = ofTypes(typeByReceiver, PAGERS);
        List<String> messengers = ofTypes(typeByReceiver, MESSENGERS);
        List<String> pages = pagers.isEmpty() ? all : pagers;
        return List.of(
                route(Severity.P0, pages, Duration.ZERO, SOON, Duration.ofHours(1), SOON.multipliedBy(5), all),
                route(
                        Severity.P1,
                        messengers.isEmpty() ? all : messengers,
                        Duration.ofSeconds(30),
                        LATER,
                        Duration.ofHours(4),
                        Duration.ofMinutes(15),
                        pages),
                route(Severity.P2, List.of(), SOON, LATER, Duration.ofHours(12), Duration.ofHours(1), List.of()),
                new Route(
                        "default-p3",
                        List.of(),
                        List.of(),
                        GROUP_BY,
                        LATER,
                        LATER,
                        Duration.ofHours(24),
                        Optional.empty(),
                        List.of(),
                        Optional.of(businessHours)));
    }

    /** Monday to Friday, 9 to 17. */
    static WeeklyHours businessHours(ZoneId zone) {
        return new WeeklyHours(
                EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), LocalTime.of(9, 0), LocalTime.of(17, 0), zone);
    }

    private static List<String> ofTypes(Map<String, String> typeByReceiver, Set<String> types) {
        return typeByReceiver.entrySet().stream()
                .filter(receiver -> types.contains(receiver.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Route route(
            Severity severity,
            List<String> receivers,
            Duration wait,
            Duration interval,
            Duration repeat,
            Duration due,
            List<String> escalateTo) {
        return new Route(
                "default-" + severity.name().toLowerCase(java.util.Locale.ROOT),
                List.of(new Matcher("severity", Matcher.Operator.EQUAL, severity.name())),
                receivers,
                GROUP_BY,
                wait,
                interval,
                repeat,
                Optional.of(due),
                escalateTo,
                Optional.empty());
    }
}
