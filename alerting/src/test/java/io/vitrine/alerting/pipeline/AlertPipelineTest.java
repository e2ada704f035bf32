package io.vitrine.alerting.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.vitrine.alerting.pipeline.AlertPipeline.Step;
import io.vitrine.alerting.plan.AlertFile;
import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.alerting.routing.Notification;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.routing.Silence;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.StoredAlert;
import io.vitrine.alerting.series.Matcher;
import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.slo.SloHour;
import io.vitrine.alerting.slo.SloSeries;
import io.vitrine.alerting.slo.SloTracker;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class AlertPipelineTest {

    private static final PipelineLimits LIMITS = new PipelineLimits(1_000, 10, 10);
    private static final AlertPlan PLAN = AlertFile.read("""
            receivers: {pager: {type: pagerduty}, chat: {type: slack}}
            objectives:
              - name: answers
                target: 0.99
                period: 30d
                bad: sum by (model) (increase(answers_total{result="bad"}[{{.window}}]))
                total: sum by (model) (increase(answers_total[{{.window}}]))
            rules:
              - alert: TooHot
                severity: P0
                expr: max by (model) (heat)
                fires: "> 80"
                clears: "< 70"
                for: 10s
                clear-for: 10s
                summary: "{{ labels.model }} has {{ value }} degrees"
                action: Cool it.
                runbook: too-hot
            """, "test.yaml");
    private static final long STEP_MILLIS = 5_000;

    private AlertPipeline pipeline = new AlertPipeline(PLAN, LIMITS);
    private final Map<Series, Double> meters = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, SloHour> hours = new HashMap<>();
    private long now = Duration.ofDays(20_000).toMillis();

    private void set(String name, Map<String, String> labels, double value) {
        meters.put(Series.of(name, labels), value);
    }

    private void heat(double degrees) {
        set("heat", Map.of("model", "m"), degrees);
    }

    private void answers(double good, double bad) {
        meters.merge(Series.of("answers_total", Map.of("model", "m", "result", "good")), good, Double::sum);
        meters.merge(Series.of("answers_total", Map.of("model", "m", "result", "bad")), bad, Double::sum);
    }

    private Step step() {
        now += STEP_MILLIS;
        set("vitrine_engine_slots", Map.of("model", "m"), 4);
        Step step = pipeline.step(
                now,
                meters.entrySet().stream()
                        .map(meter -> new Sample(meter.getKey(), meter.getValue()))
                        .toList());
        steps.add(step);
        step.hours().forEach(hour -> hours.put(hour.objective() + hour.labels() + hour.startMillis(), hour));
        return step;
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    private List<Notification> sent() {
        return steps.stream().flatMap(step -> step.notifications().stream()).toList();
    }

    private List<AlertState> states(String rule) {
        return steps.stream()
                .flatMap(step -> step.changed().stream())
                .filter(alert -> alert.rule().name().equals(rule))
                .map(Alert::state)
                .toList();
    }

    private PipelineState written(List<Silence> silences) {
        return new PipelineState(
                pipeline.alerts().stream().map(StoredAlert::of).toList(),
                pipeline.routerState(),
                silences,
                List.copyOf(hours.values()));
    }

    /** The process ends: its meters begin again, the pipeline with what was written down. */
    private void restart(AlertPlan plan, Duration outage) {
        PipelineState state = written(pipeline.router().silences(now));
        meters.clear();
        now += outage.toMillis();
        pipeline = new AlertPipeline(plan, LIMITS);
        pipeline.restore(state, now);
    }

    private SloTracker.Reading answersReading() {
        return pipeline.objectives().stream()
                .filter(reading -> reading.objective().name().equals("answers"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void goesFromPendingToFiringToResolved() {
        heat(90);
        steps(3);
        heat(60);
        steps(4);

        assertThat(states("TooHot")).containsExactly(AlertState.PENDING, AlertState.FIRING, AlertState.RESOLVED);
        assertThat(sent().stream().filter(message -> message.receiver().equals("pager")))
                .extracting(Notification::kind)
                .containsExactly(Kind.FIRING);
        steps(12);
        assertThat(sent()).extracting(Notification::kind).containsExactly(Kind.FIRING, Kind.RESOLVED);
    }

    @Test
    void doesNotFireOrSendAgainAfterARestart() {
        heat(90);
        steps(3);
        restart(PLAN, Duration.ofMinutes(2));
        steps.clear();
        steps(3); // the model is still loading: no reading yet
        heat(90);
        steps(3);

        assertThat(states("TooHot")).isEmpty();
        assertThat(sent()).isEmpty();
        assertThat(pipeline.alerts())
                .filteredOn(alert -> alert.rule().name().equals("TooHot"))
                .singleElement()
                .matches(alert -> alert.state() == AlertState.FIRING);
    }

    @Test
    void sendsTheEndOfAnAlertThatFiredBeforeARestart() {
        heat(90);
        steps(3);
        restart(PLAN, Duration.ofMinutes(2));
        steps.clear();
        heat(60);
        steps(20);

        assertThat(sent()).extracting(Notification::kind).containsExactly(Kind.RESOLVED);
    }

    @Test
    void resolvesAnAlertWhoseRuleWasRemoved() {
        heat(90);
        steps(3);
        restart(AlertFile.shipped(), Duration.ofMinutes(2));
        steps.clear();
        step();

        assertThat(states("TooHot")).containsExactly(AlertState.RESOLVED);
        steps(1);
        assertThat(pipeline.router().firing()).isEmpty();
    }

    @Test
    void keepsAnAcknowledgementOverARestart() {
        heat(90);
        steps(3);
        String fingerprint = pipeline.router().firing().get(0).fingerprint();
        assertThat(pipeline.router().acknowledge(fingerprint)).isTrue();
        restart(PLAN, Duration.ofSeconds(5));
        steps.clear();
        heat(90);
        steps((int) (Duration.ofHours(3).toMillis() / STEP_MILLIS));

        assertThat(pipeline.router().isAcknowledged(pipeline.router().firing().get(0)))
                .isTrue();
        assertThat(sent())
                .as("neither repeated nor escalated")
                .extracting(Notification::kind)
                .containsExactly(Kind.ACKNOWLEDGED);
    }

    @Test
    void escalatesWhatNobodyAcknowledges() {
        heat(90);
        steps((int) (Duration.ofMinutes(6).toMillis() / STEP_MILLIS));

        assertThat(sent()).extracting(Notification::kind).contains(Kind.ESCALATION);
    }

    @Test
    void keepsASilenceOverARestart() {
        pipeline.router()
                .silence(new Silence(
                        "s1",
                        List.of(Matcher.parse("alertname=TooHot")),
                        now,
                        now + Duration.ofHours(1).toMillis(),
                        "me",
                        "test"));
        restart(PLAN, Duration.ofSeconds(5));
        heat(90);
        steps(5);

        assertThat(states("TooHot")).contains(AlertState.FIRING);
        assertThat(sent()).isEmpty();
    }

    @Test
    void countsTheFirstEventsOfASeries() {
        answers(0, 3);
        step();

        assertThat(answersReading().windows().get(Duration.ofHours(1)).events()).isEqualTo(3);
    }

    @Test
    void keepsBudgetsAndWindowsOverARestart() {
        for (int i = 0; i < 100; i++) {
            answers(99, 1);
            step();
        }
        SloTracker.Reading before = answersReading();
        restart(PLAN, Duration.ofMinutes(10));
        answers(100, 0);
        step();

        SloTracker.Reading after = answersReading();
        assertThat(before.budget().left()).isCloseTo(0, within(1e-9));
        // 100 bad ones of 10 100, of which 101 are allowed; the outage counts as neither.
        assertThat(after.budget().left()).isCloseTo(1 - 100 / 101.0, within(1e-9));
        assertThat(after.windows().get(Duration.ofDays(3)).events()).isEqualTo(10_100);
        assertThat(after.windows().get(Duration.ofMinutes(5)).events()).isEqualTo(100);
    }

    @Test
    void hasNoDataForAnOutage() {
        answers(100, 0);
        step();
        restart(PLAN, Duration.ofHours(2));
        step();

        assertThat(answersReading().windows()).doesNotContainKey(Duration.ofHours(1));
        assertThat(answersReading().windows()).containsKey(Duration.ofHours(6));
    }

    @Test
    void pagesWhenTheBudgetBurnsFast() {
        for (int i = 0; i < 30; i++) {
            answers(5, 5);
            step();
        }

        assertThat(states("AnswersBudgetBurnsWithinTwoDays")).containsExactly(AlertState.FIRING);
        assertThat(sent()).anyMatch(message -> message.receiver().equals("pager"));
    }

    @Test
    void staysSilentOnTooFewEvents() {
        answers(0, 19);
        steps(5);

        assertThat(states("AnswersBudgetBurnsWithinTwoDays")).isEmpty();
        answers(0, 1);
        steps(1);
        assertThat(states("AnswersBudgetBurnsWithinTwoDays")).containsExactly(AlertState.FIRING);
    }

    @Test
    void evaluatesTheOtherRulesWhenOneFails() {
        AlertPlan failing = AlertFile.read("""
                rules:
                  - {alert: Broken, severity: P2, expr: "one + ignoring (x) other", fires: "> 0", summary: s, action: a, runbook: page}
                  - {alert: Works, severity: P2, expr: "one", fires: "> 0", summary: s, action: a, runbook: page}
                """, "test.yaml");
        pipeline = new AlertPipeline(failing, LIMITS);
        set("one", Map.of("x", "1"), 1);
        set("other", Map.of("x", "1"), 1);
        set("other", Map.of("x", "2"), 1);

        assertThat(step().failures()).containsOnlyKeys("Broken");
        assertThat(states("Works")).containsExactly(AlertState.FIRING);
    }

    @Test
    void boundsSeriesAndLabelSets() {
        pipeline = new AlertPipeline(PLAN, new PipelineLimits(1_000, 2, 10));
        for (int model = 0; model < 5; model++) {
            set("answers_total", Map.of("model", "m" + model, "result", "good"), 1);
        }
        step();

        assertThat(pipeline.objectives().stream()
                        .filter(reading -> reading.objective().name().equals("answers")))
                .hasSize(2);
        assertThat(pipeline.refusedCount()).isEqualTo(3);
    }

    @Test
    void readsOnlyWhatRulesAndObjectivesName() {
        assertThat(pipeline.metrics())
                .contains("heat", "answers_total", "vitrine_requests_total")
                // Computed here, and shown as meters: read back, they would be there twice.
                .doesNotContain("vitrine_slo_burn_rate_ratio", "vitrine_slo_events");
        assertThat(PLAN.rules().stream().map(rule -> rule.name()).collect(Collectors.toSet()))
                .contains("TooHot", "AnswersBudgetBurnsWithinThePeriod");
    }

    @Test
    void followsAnOutageOverHalfADay() {
        for (int i = 0; i < Duration.ofHours(14).toMillis() / STEP_MILLIS; i++) {
            boolean outage = i > 5_000 && i < 5_360; // half an hour
            answers(outage ? 0 : 10, outage ? 10 : 0);
            heat(50);
            Step step = step();
            steps.clear();
            steps.add(step);
            if (i == 5_200) {
                assertThat(pipeline.alerts())
                        .extracting(alert -> alert.rule().name())
                        .contains("AnswersBudgetBurnsWithinTwoDays");
            }
        }
        assertThat(pipeline.alerts())
                .extracting(alert -> alert.rule().name())
                .doesNotContain("AnswersBudgetBurnsWithinTwoDays", "AnswersBudgetBurnsWithinFiveDays");
        assertThat(answersReading().budget().left()).isNegative();
    }

    /** The server shows them as meters: a scrape of these would be a second sample at the same time. */
    @Test
    void asksForNoSeriesThatItComputes() {
        assertThat(AlertFile.shipped().rules())
                .anySatisfy(rule -> assertThat(rule.metrics()).containsKey(SloSeries.BURN_RATE));
        assertThat(new AlertPipeline(AlertFile.shipped(), new PipelineLimits(100, 10, 10)).metrics())
                .contains("vitrine_sli_requests_total")
                .doesNotContain(SloSeries.BURN_RATE, SloSeries.EVENTS);
    }
}
