package io.vitrine.alerting.plan;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.routing.Inhibition;
import io.vitrine.alerting.routing.MaintenanceWindow;
import io.vitrine.alerting.routing.Route;
import io.vitrine.alerting.routing.RoutingPlan;
import io.vitrine.alerting.routing.RoutingPlan.Flapping;
import io.vitrine.alerting.routing.WeeklyHours;
import io.vitrine.alerting.series.Matcher;
import io.vitrine.alerting.yaml.Keys;
import io.vitrine.alerting.yaml.Nearest;

/** Reads the routing part of a file: calendar, routes, inhibitions, maintenance windows, flapping. */
final class RoutingReader {

    static final List<String> KEYS = List.of("calendar", "routes", "inhibitions", "maintenance", "flapping");

    private static final String BUSINESS_HOURS = "business-hours";
    private static final Flapping DEFAULT_FLAPPING = new Flapping(5, Duration.ofHours(1));
    private static final List<String> HOURS_KEYS = List.of("days", "from", "to");

    private final JsonNode document;
    private final Map<String, String> typeByReceiver;
    private final ZoneId zone;
    private final Map<String, WeeklyHours> calendar = new LinkedHashMap<>();

    private RoutingReader(JsonNode document, Map<String, String> typeByReceiver) {
        this.document = document;
        this.typeByReceiver = typeByReceiver;
        JsonNode hours = document.path("calendar");
        this.zone = zone(hours.path("time-zone").asText("UTC"));
        calendar.put(BUSINESS_HOURS, DefaultRoutes.businessHours(zone));
        hours.properties().forEach(entry -> {
            if (!entry.getKey().equals("time-zone")) {
                calendar.put(entry.getKey(), hours(entry.getValue(), "calendar." + entry.getKey(), HOURS_KEYS));
            }
        });
    }

    /**
     * The routing of a document.
     *
     * @param shipped inhibitions that always hold
     */
    static RoutingPlan read(JsonNode document, Map<String, String> typeByReceiver, List<Inhibition> shipped) {
        RoutingReader reader = new RoutingReader(document, typeByReceiver);
        return new RoutingPlan(
                reader.routes(),
                Stream.concat(shipped.stream(), inhibitions(document).stream()).toList(),
                reader.maintenance(),
                reader.flapping());
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("calendar.time-zone must be such as Europe/Berlin: " + name, e);
        }
    }

    private List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        Set<String> names = new java.util.HashSet<>();
        for (JsonNode node : document.path("routes")) {
            Route route = route(node);
            if (!names.add(route.name())) {
                throw new IllegalArgumentException("two routes have the name " + route.name());
            }
            routes.add(route);
        }
        List<Route> defaults =
                DefaultRoutes.of(typeByReceiver, java.util.Objects.requireNonNull(calendar.get(BUSINESS_HOURS)));
        // What no route of the file takes goes where it would go without a file.
        routes.addAll(defaults);
        return routes;
    }

    private Route route(JsonNode node) {
        String name = node.path("name").asText();
        String where = "route " + name;
        Keys.require(
                node,
                List.of(
                        "name",
                        "match",
                        "receivers",
                        "group-by",
                        "group-wait",
                        "group-interval",
                        "repeat-interval",
                        "due",
                        "escalate-to",
                        "during"),
                where);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a route needs a name: " + node);
        }
        return new Route(
                name,
                matchers(node.path("match"), where),
                receivers(node.path("receivers"), where),
                node.has("group-by") ? texts(node.path("group-by")) : List.of("alertname"),
                duration(node, "group-wait", Duration.ofSeconds(30)),
                duration(node, "group-interval", Duration.ofMinutes(5)),
                duration(node, "repeat-interval", Duration.ofHours(4)),
                node.has("due") ? Optional.of(duration(node, "due", Duration.ZERO)) : Optional.empty(),
                receivers(node.path("escalate-to"), where),
                node.has("during") ? Optional.of(during(node.path("during").asText(), where)) : Optional.empty());
    }

    private WeeklyHours during(String name, String where) {
        return Optional.ofNullable(calendar.get(name))
                .orElseThrow(() -> new IllegalArgumentException(where + ": during names no hours of the calendar: "
                        + name + Nearest.hint(name, calendar.keySet())));
    }

    private List<String> receivers(JsonNode node, String where) {
        List<String> names = texts(node);
        for (String name : names) {
            if (!typeByReceiver.containsKey(name)) {
                throw new IllegalArgumentException(
                        where + ": there is no receiver " + name + Nearest.hint(name, typeByReceiver.keySet()));
            }
        }
        return names;
    }

    static List<Inhibition> inhibitions(JsonNode document) {
        List<Inhibition> inhibitions = new ArrayList<>();
        for (JsonNode node : document.path("inhibitions")) {
            Keys.require(node, List.of("source", "target", "equal"), "inhibition");
            inhibitions.add(new Inhibition(
                    matchers(node.path("source"), "inhibition"),
                    matchers(node.path("target"), "inhibition"),
                    texts(node.path("equal"))));
        }
        return inhibitions;
    }

    private List<MaintenanceWindow> maintenance() {
        List<MaintenanceWindow> windows = new ArrayList<>();
        for (JsonNode node : document.path("maintenance")) {
            String name = node.path("name").asText();
            String where = "maintenance " + name;
            WeeklyHours hours = hours(node, where, List.of("name", "match", "days", "from", "to"));
            windows.add(new MaintenanceWindow(name, matchers(node.path("match"), where), hours));
        }
        return windows;
    }

    private WeeklyHours hours(JsonNode node, String where, List<String> keys) {
        Keys.require(node, keys, where);
        try {
            EnumSet<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
            texts(node.path("days")).forEach(day -> days.add(day(day)));
            return new WeeklyHours(
                    days,
                    LocalTime.parse(node.path("from").asText()),
                    LocalTime.parse(node.path("to").asText()),
                    zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(where + ": from and to must be times such as 09:00", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    private static DayOfWeek day(String text) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (day.name().substring(0, 3).equals(text.toUpperCase(Locale.ROOT))) {
                return day;
            }
        }
        throw new IllegalArgumentException("a day is one of mon, tue, wed, thu, fri, sat, sun: " + text);
    }

    private Flapping flapping() {
        JsonNode node = document.path("flapping");
        if (node.isMissingNode()) {
            return DEFAULT_FLAPPING;
        }
        Keys.require(node, List.of("count", "window"), "flapping");
        return new Flapping(
                node.path("count").asInt(DEFAULT_FLAPPING.count()),
                duration(node, "window", DEFAULT_FLAPPING.window()));
    }

    private static Duration duration(JsonNode node, String key, Duration otherwise) {
        return node.has(key) ? PromDuration.parse(node.path(key).asText()) : otherwise;
    }

    private static List<Matcher> matchers(JsonNode node, String where) {
        try {
            return texts(node).stream().map(Matcher::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    /** A list, or one text alone. */
    private static List<String> texts(JsonNode node) {
        if (node.isTextual()) {
            return List.of(node.asText());
        }
        List<String> texts = new ArrayList<>();
        node.forEach(element -> texts.add(element.asText()));
        return texts;
    }
}
