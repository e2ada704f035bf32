package io.vitrine.alerting.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.alerting.Promtool;
import io.vitrine.alerting.routing.Route;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.PrometheusRules;
import io.vitrine.alerting.rules.Scenario;
import io.vitrine.alerting.slo.Objective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AlertFileTest {

    @TempDir
    private Path folder;

    private static AlertPlan example() throws IOException {
        return AlertFile.read(Files.readString(Path.of("../deploy/alerts.yaml")), "alerts.yaml");
    }

    private static AlertRule rule(AlertPlan plan, String name) {
        return plan.rules().stream()
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void readsTheExample() throws IOException {
        AlertPlan plan = example();

        assertThat(rule(plan, "KvCacheNearlyFull").fires()).hasToString("> 0.98");
        assertThat(plan.rules()).extracting(AlertRule::name).doesNotContain("SlowerThanAnHourAgo");
        assertThat(plan.objectives())
                .extracting(Objective::name, Objective::minEvents)
                .contains(org.assertj.core.groups.Tuple.tuple("first-token", 50L));
        Route gpu = plan.routing().routes().get(0);
        assertThat(gpu.due()).contains(Duration.ofMinutes(10));
        assertThat(plan.routedReceivers()).containsExactlyInAnyOrder("on-call", "team-chat");
        assertThat(plan.receivers().path("on-call").path("type").asText()).isEqualTo("pagerduty");
    }

    @Test
    void runsTheScenariosOfTheExample() throws IOException {
        AlertPlan plan = example();

        for (Scenario scenario : plan.scenarios()) {
            Optional<?> fired = scenario.firstFiring(rule(plan, scenario.rule()));
            assertThat(fired.isPresent()).as(scenario.toString()).isEqualTo(scenario.fires());
        }
        assertThat(plan.scenarios()).hasSize(2);
    }

    @Test
    void routesBySeverityByDefault() {
        AlertPlan plan = AlertFile.read(
                "receivers: {pager: {type: pagerduty}, chat: {type: slack}, mail: {type: email}}", "alerts.yaml");

        Map<String, Route> routes = plan.routing().routes().stream()
                .collect(java.util.stream.Collectors.toMap(Route::name, route -> route));
        assertThat(routes.get("default-p0").receivers()).containsExactly("pager");
        assertThat(routes.get("default-p0").groupWait()).isZero();
        assertThat(routes.get("default-p1").receivers()).containsExactly("chat", "mail");
        assertThat(routes.get("default-p1").due()).contains(Duration.ofMinutes(15));
        assertThat(routes.get("default-p1").escalateTo()).containsExactly("pager");
        assertThat(routes.get("default-p2").due()).contains(Duration.ofHours(1));
        assertThat(routes.get("default-p3").during()).isPresent();
    }

    @Test
    void readsOpenSloAfterTheFirstDocument() {
        AlertPlan plan = AlertFile.read("""
                disabled: [availability]
                ---
                apiVersion: openslo/v1
                kind: SLO
                metadata: {name: own}
                spec:
                  indicator: {spec: {ratioMetric: {
                    bad: {metricSource: {spec: {query: "sum(rate(x_total{r='bad'}[{{.window}}]))"}}},
                    total: {metricSource: {spec: {query: "sum(rate(x_total[{{.window}}]))"}}}}}}
                  objectives: [{target: 0.9}]
                """, "alerts.yaml");

        assertThat(plan.objectives())
                .extracting(Objective::name)
                .contains("own")
                .doesNotContain("availability");
        assertThat(plan.rules()).extracting(AlertRule::name).contains("OwnBudgetBurnsWithinTwoDays");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rule: []|unknown key rule; did you mean rules?",
                "disabled: [QueueFiling]|there is no rule or objective QueueFiling; did you mean QueueFilling?",
                "routes: [{name: a, receivers: [nobody]}]|route a: there is no receiver nobody",
                "routes: [{name: a, match: [x]}]|route a: not a matcher",
                "routes: [{name: a, during: night}]|during names no hours of the calendar: night",
                "routes: [{name: a, wait: 5m}]|unknown key wait",
                "calendar: {time-zone: Mars}|calendar.time-zone must be such as Europe/Berlin: Mars",
                "maintenance: [{name: m, days: [someday], from: '01:00', to: '02:00'}]|a day is one of mon",
                "rules: [{alert: A, exprr: x}]|unknown key exprr; did you mean expr?",
                "scenarios: [{rule: Nothing, at: 1m, silent: {a: 1x9}}]|there is no rule Nothing",
                "scenarios: [{rule: QueueFilling, at: 1m}]|a scenario of QueueFilling needs fires or silent",
                "objectives: [{name: x-y, target: 0.9, bad: 'max(a[{{.window}}])', total: 'b'}]|x-y",
                "objectives: [{name: x-y, target: 0.9, bad: 'sum by (route) (rate(a[{{.window}}]))', total: 'sum(rate(b[{{.window}}]))'}]"
                        + "|x-y: a query must be aggregated by labels among [model, tenant_class]",
                "objectives: [{name: x-y, target: 0.9, bad: 'rate(a[{{.window}}])', total: 'sum(rate(b[{{.window}}]))'}]"
                        + "|x-y: a query must be aggregated by labels among [model, tenant_class]",
                "receivers: [{name: a}]|receivers must be settings by name",
                "a: [|not YAML",
            })
    void namesWhatIsWrong(String yaml, String message) {
        assertThatThrownBy(() -> AlertFile.read(yaml, "alerts.yaml"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alerts.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void exportsWhatPromtoolAccepts() throws IOException {
        Files.writeString(
                folder.resolve("rules.yaml"),
                YamlText.of(PrometheusRules.document("vitrine", example().rules(), "https://example.org/")));

        assertThat(Promtool.run(folder, "check", "rules", "rules.yaml").output())
                .contains("SUCCESS");
    }

    @Test
    void exportsWhatAmtoolAccepts() throws IOException {
        Files.writeString(folder.resolve("alertmanager.yaml"), YamlText.of(AlertmanagerConfig.document(example())));

        Promtool.Outcome outcome = Promtool.tool("amtool", folder, "check-config", "alertmanager.yaml");

        assertThat(outcome.output()).contains("SUCCESS");
        assertThat(outcome.exitCode()).isZero();
        assertThat(new ObjectMapper()
                        .valueToTree(AlertmanagerConfig.document(example()))
                        .path("receivers"))
                .hasSize(3);
    }

    @Test
    void exportsEveryReceiverOfARoute() {
        AlertPlan plan = AlertFile.read("""
                receivers: {a: {type: webhook}, b: {type: webhook}}
                routes: [{name: both, receivers: [a, b]}]
                """, "alerts.yaml");

        assertThat(YamlText.of(AlertmanagerConfig.document(plan))).contains("continue: true");
        assertThat(List.copyOf(plan.routedReceivers())).contains("a", "b");
    }
}
