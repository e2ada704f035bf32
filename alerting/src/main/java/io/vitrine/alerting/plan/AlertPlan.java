package io.vitrine.alerting.plan;

import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.alerting.routing.RoutingPlan;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.Scenario;
import io.vitrine.alerting.slo.Objective;

/**
 * What is watched, and who is notified.
 *
 * @param rules in the order in which they are evaluated, those of the objectives last
 * @param receivers as the file has them; their settings are the server's business
 * @param scenarios tests of rules that the file brings
 */
public record AlertPlan(
        List<AlertRule> rules,
        List<Objective> objectives,
        RoutingPlan routing,
        JsonNode receivers,
        List<Scenario> scenarios) {

    public AlertPlan {
        rules = List.copyOf(rules);
        objectives = List.copyOf(objectives);
        scenarios = List.copyOf(scenarios);
    }

    /** Names of the receivers that routes send to. */
    public List<String> routedReceivers() {
        return routing.routes().stream()
                .flatMap(route -> Stream.concat(route.receivers().stream(), route.escalateTo().stream()))
                .distinct()
                .toList();
    }
}
