package io.vitrine.alerting.slo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.RuleEvaluator;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.alerting.series.Growth;
import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class BurnRateTest {

    private static final Objective AVAILABILITY = SloFile.read("""
                    objectives:
                      - name: chat-availability
                        target: 0.999
                        min-events: 20
                        bad: sum by (model) (increase(failed_total[{{.window}}]))
                        total: sum by (model) (increase(all_total[{{.window}}]))
                    """, "slo.yaml").get(0);
    private static final long SECOND = 1_000;
    private static final int SCRAPE_SECONDS = 15;

    private final SeriesStore store = new SeriesStore(Duration.ofMinutes(10), 100);
    private final Growth growth = new Growth(100);
    private final SloTracker tracker = new SloTracker(AVAILABILITY, 10);
    private final List<RuleEvaluator> evaluators = BurnRateRules.of(AVAILABILITY).stream()
            .map(rule -> new RuleEvaluator(rule, 10))
            .toList();
    private final List<Alert> fired = new ArrayList<>();
    private long nowSeconds = 15;
    private double all;
    private double failed;

    /** Two requests a second, of which a share fails. */
    private void run(Duration duration, double requestsPerSecond, double failing) {
        long end = nowSeconds + duration.toSeconds();
        while (nowSeconds < end) {
            all += requestsPerSecond * SCRAPE_SECONDS;
            failed += requestsPerSecond * SCRAPE_SECONDS * failing;
            growth.scraped(List.of(
                    new Sample(Series.of("all_total", Map.of("model", "m")), all),
                    new Sample(Series.of("failed_total", Map.of("model", "m")), failed)));
            tracker.add(growth, nowSeconds * SECOND);
            store.append(
                    nowSeconds * SECOND,
                    tracker.readings(nowSeconds * SECOND).stream()
                            .flatMap(reading -> reading.samples().stream())
                            .toList());
            evaluators.forEach(evaluator -> evaluator.evaluate(store, nowSeconds * SECOND).stream()
                    .filter(alert -> alert.state() == AlertState.FIRING)
                    .forEach(fired::add));
            nowSeconds += SCRAPE_SECONDS;
        }
    }

    /** Long window x factor x allowed share / failing share, as the workbook has it. */
    @ParameterizedTest
    @CsvSource({"1.0, 52", "0.1, 518", "0.05, 1037"})
    void detectsAfterTheTimeOfTheTheory(double failing, long seconds) {
        run(Duration.ofHours(2), 2, 0);
        long began = nowSeconds;

        run(Duration.ofHours(1), 2, failing);

        Alert page = fired.stream()
                .filter(alert -> alert.rule().severity() == Severity.P0)
                .findFirst()
                .orElseThrow();
        assertThat(page.changedMillis() / SECOND - began).isCloseTo(seconds, within(2L * SCRAPE_SECONDS));
    }

    @Test
    void staysSilentWithinTheBudget() {
        run(Duration.ofHours(8), 2, 0.0009);

        assertThat(fired).isEmpty();
    }

    @Test
    void staysSilentForAFewRequests() {
        run(Duration.ofHours(1), 0.004, 1); // 14 requests an hour, all fail: fewer than min-events

        assertThat(fired).noneMatch(alert -> alert.rule().severity() == Severity.P0);
    }

    @Test
    void resolvesOnceTheShortWindowIsClean() {
        run(Duration.ofHours(2), 2, 0);
        run(Duration.ofMinutes(10), 2, 0.5);
        assertThat(evaluators.get(0).alerts()).isNotEmpty();

        run(Duration.ofMinutes(15), 2, 0);

        assertThat(evaluators.get(0).alerts()).isEmpty();
    }

    @Test
    void readsOpenSlo() {
        Objective objective = SloFile.read("""
                        apiVersion: openslo/v1
                        kind: SLO
                        metadata: {name: api-latency}
                        spec:
                          description: fast answers
                          service: vitrine
                          indicator:
                            metadata: {name: fast}
                            spec:
                              ratioMetric:
                                counter: true
                                good: {metricSource: {type: Prometheus, spec: {query: "sum(increase(x_bucket{le='0.5'}[{{.window}}]))"}}}
                                total: {metricSource: {type: Prometheus, spec: {query: "sum(increase(x_count[{{.window}}]))"}}}
                          timeWindow: [{duration: 28d, isRolling: true}]
                          objectives: [{displayName: most, target: 0.95}]
                        ---
                        apiVersion: openslo/v1
                        kind: Service
                        metadata: {name: vitrine}
                        spec: {description: the server}
                        """, "openslo.yaml").get(0);

        assertThat(objective.name()).isEqualTo("api-latency");
        assertThat(objective.period()).isEqualTo(Duration.ofDays(28));
        assertThat(objective.allowedShare()).isEqualTo(0.05);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "target: 0.999|target: 99.9|target must be between 0 and 1",
                "name: chat-availability|name: Chat|must be lower case with hyphens",
                "min-events: 20|min-event: 20|unknown key min-event",
                "[{{.window}}]))|[5m]))|must have {{.window}} in it",
                "bad: sum|worse: sum|unknown key worse",
            })
    void namesWhatIsWrongWithAnObjective(String part, String wrong, String message) {
        String yaml = """
                objectives:
                  - name: chat-availability
                    target: 0.999
                    min-events: 20
                    bad: sum by (model) (increase(failed_total[{{.window}}]))
                    total: sum by (model) (increase(all_total[{{.window}}]))
                """;

        assertThatThrownBy(() -> SloFile.read(yaml.replace(part, wrong), "slo.yaml"))
                .hasMessageContaining("slo.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void reckonsTheBudgetOfThePeriod() {
        ErrorBudget budget = new ErrorBudget(AVAILABILITY);
        long now = Duration.ofDays(100).toMillis();
        for (int hour = 0; hour < 24; hour++) {
            budget.add(now - Duration.ofHours(24 - hour).toMillis(), hour < 18 ? 0 : 5, 10_000);
        }

        ErrorBudget.Status status = budget.status(now);

        assertThat(status.left()).isCloseTo(1 - 30 / 240.0, within(1e-9));
        assertThat(status.goodShare().orElseThrow()).isCloseTo(1 - 30 / 240_000.0, within(1e-12));
        // 5 of 10 000 fail, half of what is allowed: the budget lasts longer than the period.
        assertThat(status.timeToExhaustion()).isEmpty();
        budget.add(now, 10_000, 10_000);
        assertThat(budget.status(now).timeToExhaustion()).contains(Duration.ZERO);
    }

    @Test
    void survivesARestart() {
        ErrorBudget budget = new ErrorBudget(AVAILABILITY);
        long now = Duration.ofDays(100).toMillis();
        budget.add(now, 3, 1_000);

        ErrorBudget again = new ErrorBudget(AVAILABILITY);
        again.restore(budget.hours());

        assertThat(again.status(now)).isEqualTo(budget.status(now));
    }

    @Test
    void doesNotFireAgainAfterARestart() {
        run(Duration.ofHours(2), 2, 0);
        run(Duration.ofMinutes(30), 2, 1);
        AlertRule rule = evaluators.get(0).rule();
        RuleEvaluator again = new RuleEvaluator(rule, 10);
        again.restore(evaluators.get(0).alerts());

        assertThat(again.evaluate(store, nowSeconds * SECOND)).isEmpty();
        assertThat(again.alerts()).singleElement().matches(alert -> alert.state() == AlertState.FIRING);
    }

    @Test
    void exhaustsAtThePresentRate() {
        ErrorBudget budget = new ErrorBudget(AVAILABILITY);
        long now = Duration.ofDays(100).toMillis();
        for (int hour = 1; hour <= 6; hour++) {
            budget.add(now - Duration.ofHours(hour).toMillis(), 0, 100_000);
        }
        budget.add(now - 1, 1_000, 100_000);

        // 1 000 of 700 000 in six hours and a bit: 1.43 times the allowed rate, and more than all of it is spent
        // already.
        assertThat(budget.status(now).timeToExhaustion()).isEqualTo(Optional.of(Duration.ZERO));
    }
}
