package io.vitrine.alerting.plan;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.routing.Inhibition;
import io.vitrine.alerting.routing.MaintenanceWindow;
import io.vitrine.alerting.routing.Route;
import io.vitrine.alerting.routing.WeeklyHours;
import io.vitrine.alerting.series.Matcher;

/**
 * Routing in the form of an Alertmanager configuration (0.24 or later). Receivers have names only: their settings are
 * not exported. Escalation and flapping have no counterpart there.
 */
public final class AlertmanagerConfig {

    private static final String NOBODY = "nobody";

    private final AlertPlan plan;
    private final Map<String, WeeklyHours> intervals = new LinkedHashMap<>();

    private AlertmanagerConfig(AlertPlan plan) {
        this.plan = plan;
    }

    /** The content of a configuration file, to be written as YAML. */
    public static Map<String, Object> document(AlertPlan plan) {
        return new AlertmanagerConfig(plan).document();
    }

    private Map<String, Object> document() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("receiver", NOBODY);
        List<Object> routes = new ArrayList<>();
        plan.routing().routes().forEach(route -> addRoute(route, routes));
        root.put("routes", routes);
        Set<String> names = new LinkedHashSet<>();
        names.add(NOBODY);
        names.addAll(plan.routedReceivers());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("route", root);
        document.put(
                "receivers", names.stream().map(name -> Map.of("name", name)).toList());
        document.put(
                "inhibit_rules",
                plan.routing().inhibitions().stream()
                        .map(AlertmanagerConfig::inhibition)
                        .toList());
        document.put(
                "time_intervals",
                intervals.entrySet().stream()
                        .map(entry -> interval(entry.getKey(), entry.getValue()))
                        .toList());
        return document;
    }

    /** A route there has one receiver: one route for each, of which all but the last let the next one match too. */
    private void addRoute(Route route, List<Object> routes) {
        List<String> receivers = route.receivers().isEmpty() ? List.of(NOBODY) : route.receivers();
        for (int index = 0; index < receivers.size(); index++) {
            Map<String, Object> exported = route(route, receivers.get(index));
            if (index < receivers.size() - 1) {
                exported.put("continue", true);
            }
            routes.add(exported);
        }
    }

    private Map<String, Object> route(Route route, String receiver) {
        Map<String, Object> exported = new LinkedHashMap<>();
        exported.put("receiver", receiver);
        exported.put("matchers", texts(route.matchers()));
        exported.put("group_by", route.groupBy());
        exported.put("group_wait", PromDuration.format(route.groupWait()));
        exported.put("group_interval", PromDuration.format(positive(route.groupInterval())));
        exported.put("repeat_interval", PromDuration.format(positive(route.repeatInterval())));
        route.during().ifPresent(hours -> {
            intervals.put(route.name(), hours);
            exported.put("active_time_intervals", List.of(route.name()));
        });
        List<Object> muted = new ArrayList<>();
        List<String> always = new ArrayList<>();
        for (MaintenanceWindow window : plan.routing().maintenance()) {
            intervals.put(window.name(), window.hours());
            if (window.matchers().isEmpty()) {
                always.add(window.name());
            } else {
                Map<String, Object> child = new LinkedHashMap<>();
                child.put("matchers", texts(window.matchers()));
                child.put("mute_time_intervals", List.of(window.name()));
                muted.add(child);
            }
        }
        if (!always.isEmpty()) {
            exported.put("mute_time_intervals", always);
        }
        if (!muted.isEmpty()) {
            exported.put("routes", muted);
        }
        return exported;
    }

    private static Duration positive(Duration duration) {
        return duration.isZero() ? Duration.ofSeconds(1) : duration;
    }

    private static Map<String, Object> inhibition(Inhibition inhibition) {
        Map<String, Object> exported = new LinkedHashMap<>();
        exported.put("source_matchers", texts(inhibition.source()));
        exported.put("target_matchers", texts(inhibition.target()));
        exported.put("equal", inhibition.equal());
        return exported;
    }

    private static List<String> texts(List<Matcher> matchers) {
        return matchers.stream().map(Matcher::toString).toList();
    }

    /** Hours over midnight are two ranges there, the second on the days after. */
    private static Map<String, Object> interval(String name, WeeklyHours hours) {
        List<Object> ranges = new ArrayList<>();
        boolean overMidnight =
                !hours.to().equals(LocalTime.MIDNIGHT) && !hours.from().isBefore(hours.to());
        String end = overMidnight || hours.to().equals(LocalTime.MIDNIGHT)
                ? "24:00"
                : hours.to().toString();
        ranges.add(range(hours.days(), hours.from().toString(), end, hours));
        if (overMidnight) {
            Set<DayOfWeek> after = new LinkedHashSet<>();
            hours.days().forEach(day -> after.add(day.plus(1)));
            ranges.add(range(after, "00:00", hours.to().toString(), hours));
        }
        Map<String, Object> exported = new LinkedHashMap<>();
        exported.put("name", name);
        exported.put("time_intervals", ranges);
        return exported;
    }

    private static Map<String, Object> range(Set<DayOfWeek> days, String from, String to, WeeklyHours hours) {
        Map<String, Object> range = new LinkedHashMap<>();
        range.put(
                "weekdays",
                days.stream().map(day -> day.name().toLowerCase(Locale.ROOT)).toList());
        Map<String, Object> times = new LinkedHashMap<>(); // in this order in every export
        times.put("start_time", from);
        times.put("end_time", to);
        range.put("times", List.of(times));
        range.put("location", hours.zone().getId());
        return range;
    }
}
