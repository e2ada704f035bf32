package io.vitrine.server.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.ShippedRules;
import io.vitrine.alerting.rules.Threshold.Comparison;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Makes Grafana's dashboards from {@code deploy/grafana/panels.yaml} and the shipped alert rules. {@code main} writes
 * them; a test compares those that are committed.
 */
public final class DashboardDocuments {

    static final Path FOLDER = Path.of("..", "deploy", "grafana");

    private static final String WINDOW = "$window";
    private static final String GRAFANA_WINDOW = "$__rate_interval";
    private static final int COLUMNS = 3;
    private static final int WIDTH = 8;
    private static final int HEIGHT = 8;
    private static final Map<String, Object> DATASOURCE = map("type", "prometheus", "uid", "${datasource}");

    private DashboardDocuments() {}

    /**
     * One panel of {@code panels.yaml}.
     *
     * @param queries PromQL by legend, with {@code $window} for the range of rates
     * @param limits where the panel changes colour
     * @param badBelow whether values below a limit are the bad ones
     */
    record Panel(
            String title,
            String purpose,
            String unit,
            Map<String, String> queries,
            List<Double> limits,
            boolean badBelow) {}

    /** From the server's module. */
    public static void main(String[] arguments) throws IOException {
        Files.createDirectories(FOLDER.resolve("dashboards"));
        for (Map.Entry<String, String> document : documents().entrySet()) {
            Files.writeString(file(document.getKey()), document.getValue());
        }
    }

    static Path file(String name) {
        return FOLDER.resolve("dashboards").resolve("vitrine-" + name + ".json");
    }

    /** JSON by short name. */
    static Map<String, String> documents() throws IOException {
        Map<String, String> documents = new LinkedHashMap<>();
        for (Map.Entry<String, Map<String, Object>> source : sources().entrySet()) {
            Object title = Objects.requireNonNull(source.getValue().get("title"));
            documents.put(
                    source.getKey(), json(dashboard(source.getKey(), title.toString(), panels(source.getValue()))));
        }
        return documents;
    }

    /** All panels, by the dashboard's short name. */
    static Map<String, List<Panel>> panels() throws IOException {
        Map<String, List<Panel>> panels = new LinkedHashMap<>();
        sources().forEach((name, source) -> panels.put(name, panels(source)));
        return panels;
    }

    @SuppressWarnings("unchecked") // the file's form
    private static Map<String, Map<String, Object>> sources() throws IOException {
        String text = Files.readString(FOLDER.resolve("panels.yaml"), StandardCharsets.UTF_8);
        return (Map<String, Map<String, Object>>)
                new Load(LoadSettings.builder().build()).loadFromString(text);
    }

    @SuppressWarnings("unchecked") // as above
    private static List<Panel> panels(Map<String, Object> dashboard) {
        Map<String, AlertRule> rules =
                ShippedRules.read().stream().collect(Collectors.toMap(AlertRule::name, Function.identity()));
        return ((List<Map<String, Object>>) Objects.requireNonNull(dashboard.get("panels")))
                .stream().map(source -> panel(source, rules)).toList();
    }

    @SuppressWarnings("unchecked") // as above
    private static Panel panel(Map<String, Object> source, Map<String, AlertRule> rules) {
        String title = source.get("title").toString();
        String purpose = source.get("for").toString();
        String unit = source.get("unit").toString();
        if (!source.containsKey("rule")) {
            List<Number> limits = (List<Number>) source.getOrDefault("thresholds", List.of());
            return new Panel(
                    title,
                    purpose,
                    unit,
                    (Map<String, String>) source.get("queries"),
                    limits.stream().map(Number::doubleValue).toList(),
                    false);
        }
        String name = source.get("rule").toString();
        AlertRule rule = Objects.requireNonNull(rules.get(name), "no shipped rule " + name);
        Comparison comparison = rule.fires().comparison();
        return new Panel(
                title,
                purpose + " Line: alert " + name + " (" + rule.severity() + ").",
                unit,
                Map.of("__auto", rule.expr().toString()),
                List.of(rule.fires().value()),
                comparison == Comparison.LESS || comparison == Comparison.LESS_OR_EQUAL);
    }

    private static Map<String, Object> dashboard(String name, String title, List<Panel> panels) {
        List<Object> drawn = new ArrayList<>();
        for (int index = 0; index < panels.size(); index++) {
            drawn.add(drawn(panels.get(index), index));
        }
        return map(
                "uid",
                "vitrine-" + name,
                "title",
                title,
                "tags",
                List.of("vitrine"),
                "schemaVersion",
                39,
                "version",
                1,
                "editable",
                true,
                "refresh",
                "30s",
                "time",
                map("from", "now-1h", "to", "now"),
                "templating",
                map(
                        "list",
                        List.of(map(
                                "name", "datasource",
                                "label", "Prometheus",
                                "type", "datasource",
                                "query", "prometheus"))),
                "links",
                List.of(map("type", "dashboards", "title", "Vitrine", "tags", List.of("vitrine"), "asDropdown", true)),
                "panels",
                drawn);
    }

    private static Map<String, Object> drawn(Panel panel, int index) {
        List<Object> targets = new ArrayList<>();
        panel.queries()
                .forEach((legend, query) -> targets.add(map(
                        "refId",
                        String.valueOf((char) ('A' + targets.size())),
                        "datasource",
                        DATASOURCE,
                        "expr",
                        query.replace(WINDOW, GRAFANA_WINDOW),
                        "legendFormat",
                        legend)));
        return map(
                "id", index + 1,
                "type", "timeseries",
                "title", panel.title(),
                "description", panel.purpose(),
                "datasource", DATASOURCE,
                "gridPos", map("x", index % COLUMNS * WIDTH, "y", index / COLUMNS * HEIGHT, "w", WIDTH, "h", HEIGHT),
                "fieldConfig",
                        map(
                                "defaults",
                                map(
                                        "unit", panel.unit(),
                                        "custom",
                                                map(
                                                        "thresholdsStyle",
                                                        map(
                                                                "mode",
                                                                panel.limits().isEmpty() ? "off" : "line")),
                                        "thresholds", map("mode", "absolute", "steps", steps(panel))),
                                "overrides",
                                List.of()),
                "options",
                        map(
                                "legend", map("displayMode", "list", "placement", "bottom", "showLegend", true),
                                "tooltip", map("mode", "multi", "sort", "desc")),
                "targets", targets);
    }

    /** Grafana colours from the lowest value up; the first step has no value. */
    private static List<Object> steps(Panel panel) {
        List<Object> steps = new ArrayList<>();
        Map<String, Object> lowest = new LinkedHashMap<>();
        lowest.put("color", panel.badBelow() ? "red" : "green");
        lowest.put("value", null);
        steps.add(lowest);
        panel.limits().forEach(limit -> steps.add(map("color", panel.badBelow() ? "green" : "red", "value", limit)));
        return steps;
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int index = 0; index < keysAndValues.length; index += 2) {
            map.put((String) keysAndValues[index], keysAndValues[index + 1]);
        }
        return map;
    }

    private static String json(Map<String, Object> document) throws IOException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
    }
}
