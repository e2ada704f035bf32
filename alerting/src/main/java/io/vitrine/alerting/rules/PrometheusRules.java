package io.vitrine.alerting.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.alerting.query.PromDuration;

/**
 * Rules in the form of a Prometheus rule file (2.42 or later, for {@code keep_firing_for}). A clear threshold of its
 * own becomes a second branch that holds while the alert fires: Prometheus has its state in the series {@code ALERTS}.
 */
public final class PrometheusRules {

    private PrometheusRules() {}

    /** The content of a rule file, to be written as YAML or JSON. */
    public static Map<String, Object> document(String group, List<AlertRule> rules, String runbookBase) {
        List<Object> exported = new ArrayList<>();
        rules.forEach(rule -> exported.add(rule(rule, runbookBase)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("groups", List.of(orderedMap("name", group, "rules", exported)));
        return document;
    }

    private static Map<String, Object> rule(AlertRule rule, String runbookBase) {
        Map<String, Object> exported = new LinkedHashMap<>();
        exported.put("alert", rule.name());
        exported.put("expr", expression(rule));
        if (!rule.holdFor().isZero()) {
            exported.put("for", PromDuration.format(rule.holdFor()));
        }
        if (!rule.clearFor().isZero()) {
            exported.put("keep_firing_for", PromDuration.format(rule.clearFor()));
        }
        Map<String, Object> labels = new LinkedHashMap<>(rule.labels());
        labels.put(AlertRule.SEVERITY_LABEL, rule.severity().name());
        exported.put("labels", labels);
        exported.put(
                "annotations",
                orderedMap(
                        "summary", rule.summary().prometheus(),
                        "action", rule.action().replace("{{", "{").replace("}}", "}"),
                        "runbook_url", runbookBase + rule.runbook() + ".md"));
        return exported;
    }

    /** The expression whose results are the active alerts. */
    static String expression(AlertRule rule) {
        String begins = "(" + rule.expr() + ") " + rule.fires();
        String guarded =
                rule.when().map(guard -> begins + " and on () (" + guard + ")").orElse(begins);
        if (!rule.hasHysteresis()) {
            return guarded;
        }
        List<String> ignored = new ArrayList<>(List.of(AlertRule.NAME_LABEL, "alertstate", AlertRule.SEVERITY_LABEL));
        ignored.addAll(rule.labels().keySet());
        return "(" + guarded + ") or ((" + rule.expr() + ") " + rule.clears().negated() + " and ignoring ("
                + String.join(", ", ignored) + ") ALERTS{alertname=\"" + rule.name() + "\", alertstate=\"firing\"})";
    }

    private static Map<String, Object> orderedMap(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int index = 0; index < keysAndValues.length; index += 2) {
            map.put((String) keysAndValues[index], keysAndValues[index + 1]);
        }
        return map;
    }
}
