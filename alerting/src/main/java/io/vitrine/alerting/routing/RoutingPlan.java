package io.vitrine.alerting.routing;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.vitrine.alerting.series.Matcher;

/**
 * Everything that routing is configured with.
 *
 * @param routes the first that matches is taken; the last should match everything
 * @param flapping when an alert counts as flapping
 */
public record RoutingPlan(
        List<Route> routes, List<Inhibition> inhibitions, List<MaintenanceWindow> maintenance, Flapping flapping) {

    /**
     * An alert that fires this often within the window is flapping: it sends one message, and no more until it has not
     * changed for a whole window.
     */
    public record Flapping(int count, Duration window) {

        public Flapping {
            if (count < 2) {
                throw new IllegalArgumentException("flapping count must be at least 2: " + count);
            }
        }
    }

    public RoutingPlan {
        routes = List.copyOf(routes);
        inhibitions = List.copyOf(inhibitions);
        maintenance = List.copyOf(maintenance);
        if (routes.isEmpty()) {
            throw new IllegalArgumentException("routing needs at least one route");
        }
    }

    /** The route of an alert; the last one takes what no other does. */
    Route route(Map<String, String> labels) {
        return routes.stream()
                .filter(route -> Matcher.allMatch(route.matchers(), labels))
                .findFirst()
                .orElse(routes.get(routes.size() - 1));
    }
}
