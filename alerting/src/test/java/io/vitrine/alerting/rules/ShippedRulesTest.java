package io.vitrine.alerting.rules;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.alerting.Promtool;
import io.vitrine.alerting.series.SeriesStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShippedRulesTest {

    private static final List<AlertRule> RULES = ShippedRules.read();

    /** No window is a multiple of it, so that no sample lies on a window's left border, where versions of Prometheus differ. */
    private static final int PROMTOOL_SECONDS = 13;

    @TempDir
    Path folder;

    static List<Scenario> scenarios() throws IOException {
        try (InputStream resource = ShippedRulesTest.class.getResourceAsStream("/io/vitrine/alerting/scenarios.yaml")) {
            return Scenario.read(new YAMLMapper().readTree(resource).path("scenarios"));
        }
    }

    private static AlertRule rule(String name) {
        return RULES.stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no rule " + name));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void firesWhenItShouldAndOnlyThen(Scenario scenario) {
        assertThat(scenario.firstFiring(rule(scenario.rule())).isPresent()).isEqualTo(scenario.fires());
    }

    @Test
    void hasTwoScenariosForEveryRule() throws IOException {
        assertThat(scenarios().stream().map(Scenario::rule).distinct())
                .containsExactlyElementsOf(RULES.stream().map(AlertRule::name).toList());
    }

    @Test
    void hasARunbookForEveryRule() throws IOException {
        Path runbooks = Path.of("../docs/runbooks");

        for (AlertRule rule : RULES) {
            assertThat(Files.readString(runbooks.resolve(rule.runbook() + ".md")))
                    .contains("## What it means", "## How to see it", "## What to do", "## How to confirm");
            assertThat(Files.readString(runbooks.resolve("README.md"))).contains("[" + rule.name() + "]");
        }
    }

    /** Otherwise a rule would be silent for ever. */
    @Test
    void readsOnlyMetersOfTheCatalogue() throws IOException {
        List<String> known = Pattern.compile("^\\| `([A-Za-z0-9_:]+)`", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("../docs/telemetry.md")))
                .results()
                .map(line -> line.group(1))
                .toList();

        for (AlertRule rule : RULES) {
            List<String> read = Stream.concat(
                            rule.expr().metrics().stream(),
                            rule.when().stream().flatMap(guard -> guard.metrics().stream()))
                    .map(metric -> metric.replaceAll("_(bucket|count|sum)$", ""))
                    .toList();
            assertThat(known).as(rule.name()).containsAll(read);
        }
    }

    @Test
    void hasARuleForEveryRunbook() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("../docs/runbooks"))) {
            assertThat(pages.map(page -> page.getFileName().toString().replace(".md", ""))
                            .filter(page -> !page.equals("README") && !page.equals("slo-burn-rate")))
                    .containsExactlyInAnyOrderElementsOf(
                            RULES.stream().map(AlertRule::runbook).toList());
        }
    }

    @Test
    void firesAtTheSameEvaluationsAsPrometheus() throws IOException {
        ObjectMapper json = new ObjectMapper();
        String exported = json.writeValueAsString(PrometheusRules.document("vitrine", RULES, "docs/runbooks/"));
        Files.writeString(folder.resolve("rules.yaml"), exported);
        assertThat(Promtool.run(folder, "check", "rules", "rules.yaml").output())
                .contains("SUCCESS");
        // promtool compares annotations to the letter, and writes numbers in its own way.
        Files.writeString(folder.resolve("bare.yaml"), json.writeValueAsString(bare()));
        List<Object> tests = new ArrayList<>();
        scenarios().forEach(scenario -> tests.add(promtoolTest(scenario)));
        Files.writeString(
                folder.resolve("test.yaml"),
                json.writeValueAsString(Map.of(
                        "rule_files",
                        List.of("bare.yaml"),
                        "evaluation_interval",
                        PROMTOOL_SECONDS + "s",
                        "tests",
                        tests)));

        Promtool.Outcome outcome = Promtool.run(folder, "test", "rules", "test.yaml");

        assertThat(outcome.output()).contains("SUCCESS");
        assertThat(outcome.exitCode()).isZero();
    }

    private static Map<String, Object> bare() {
        List<AlertRule> rules = RULES.stream()
                .map(rule -> new AlertRule(
                        rule.name(),
                        rule.severity(),
                        rule.expr(),
                        rule.fires(),
                        rule.clears(),
                        rule.when(),
                        rule.holdFor(),
                        rule.clearFor(),
                        rule.labels(),
                        Template.parse("s"),
                        "a",
                        "page"))
                .toList();
        return PrometheusRules.document("vitrine", rules, "");
    }

    private static Map<String, Object> promtoolTest(Scenario scenario) {
        List<Object> input = new ArrayList<>();
        scenario.series()
                .forEach((series, values) -> input.add(Map.of(
                        "series",
                        series.name()
                                + series.labels().entrySet().stream()
                                        .map(label -> label.getKey() + "=\"" + label.getValue() + '"')
                                        .collect(Collectors.joining(",", "{", "}")),
                        "values",
                        values.stream()
                                .map(value -> value.isPresent() ? Double.toString(value.getAsDouble()) : "_")
                                .collect(Collectors.joining(" ")))));
        RuleEvaluator evaluator = new RuleEvaluator(rule(scenario.rule()), 10);
        SeriesStore store = scenario.store(PROMTOOL_SECONDS);
        List<List<Object>> firing = new ArrayList<>();
        for (int step = 0; step < scenario.scrapes(); step++) {
            evaluator.evaluate(store, 1_000L * step * PROMTOOL_SECONDS);
            firing.add(firing(evaluator));
        }
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("interval", PROMTOOL_SECONDS + "s");
        test.put("input_series", input);
        test.put("alert_rule_test", expected(scenario.rule(), firing));
        return test;
    }

    /** What fires before and after each change, and now and then between: promtool takes its time for each. */
    private static List<Object> expected(String rule, List<List<Object>> firing) {
        List<Object> expected = new ArrayList<>();
        for (int step = 0; step < firing.size(); step++) {
            boolean changes = step > 0 && !firing.get(step).equals(firing.get(step - 1));
            boolean willChange = step + 1 < firing.size() && !firing.get(step).equals(firing.get(step + 1));
            if (changes || willChange || step % 20 == 0) {
                expected.add(Map.of(
                        "eval_time", step * PROMTOOL_SECONDS + "s", "alertname", rule, "exp_alerts", firing.get(step)));
            }
        }
        return expected;
    }

    private static List<Object> firing(RuleEvaluator evaluator) {
        List<Object> firing = new ArrayList<>();
        for (Alert alert : evaluator.alerts()) {
            if (alert.state() == AlertState.FIRING) {
                Map<String, String> labels = new TreeMap<>(alert.labels());
                labels.remove(AlertRule.NAME_LABEL);
                firing.add(Map.of(
                        "exp_labels",
                        labels,
                        "exp_annotations",
                        Map.of("summary", "s", "action", "a", "runbook_url", "page.md")));
            }
        }
        return firing;
    }
}
