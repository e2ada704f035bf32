package io.vitrine.server.alerting;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.pipeline.PipelineLimits;
import io.vitrine.alerting.plan.AlertFile;
import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.observability.AlertChange;
import io.vitrine.observability.AlertReport;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.MeterReading;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerChange;
import io.vitrine.store.ledger.LedgerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class AlertEvaluationTest {

    private static final AlertPlan PLAN = AlertFile.read("""
            receivers: {pager: {type: pagerduty}}
            objectives:
              - {name: answers, target: 0.9, bad: "sum(increase(bad_total[{{.window}}]))", total: "sum(increase(all_total[{{.window}}]))"}
            rules:
              - {alert: TooHot, severity: P0, expr: heat, fires: "> 80", summary: "{{ value }} degrees", action: a, runbook: too-hot}
            """, "test.yaml");
    private static final SortedMap<String, String> NO_LABELS = new TreeMap<>();

    @TempDir
    private Path folder;

    private final List<MeterReading> meters = new ArrayList<>();
    private final List<AlertChange> logged = new CopyOnWriteArrayList<>();
    private final AtomicInteger commits = new AtomicInteger();
    private final AtomicBoolean ledgerFails = new AtomicBoolean();
    private final CountDownLatch ledgerGoesOn = new CountDownLatch(1);
    private final AtomicBoolean ledgerHangs = new AtomicBoolean();
    private final List<Message> urgent = new ArrayList<>();
    private Ledger ledger;
    private AlertEvaluation evaluation;
    private long now = Duration.ofDays(20_000).toMillis();

    @BeforeEach
    void open() {
        ledger = Ledger.open(LedgerSettings.in(folder));
        AlertPipeline pipeline = new AlertPipeline(PLAN, new PipelineLimits(100, 10, 10));
        pipeline.restore(AlertRecords.read(ledger.alerts(), now), now);
        LifecycleListener events = new LifecycleListener() {
            @Override
            public void alertChanged(AlertChange change) {
                logged.add(change);
            }
        };
        // Fails the transaction that it is part of.
        AlertConsumer consumer = new AlertConsumer() {
            @Override
            public List<LedgerChange> changed(List<Alert> changes, long atMillis) {
                return List.of(connection -> {
                    if (ledgerHangs.get()) {
                        await(ledgerGoesOn);
                    }
                    if (ledgerFails.get()) {
                        throw new SQLException("the disk is full");
                    }
                });
            }

            @Override
            public void committed() {
                commits.incrementAndGet();
            }
        };
        AlertSaver saver =
                new AlertSaver(ledger.alerts(), List.of(consumer), List.of(), events, Runnable::run, urgent::add);
        evaluation = new AlertEvaluation(pipeline, names -> Optional.of(meters), saver, events, () -> 0);
        now += Duration.ofSeconds(5).toMillis();
    }

    private static void await(CountDownLatch latch) throws SQLException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new SQLException(e);
        }
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void reopen() {
        ledger.close();
        open();
    }

    private void set(String name, double value) {
        meters.removeIf(reading -> reading.name().equals(name));
        meters.add(new MeterReading(name, NO_LABELS, value));
    }

    private AlertReport step() {
        now += Duration.ofSeconds(5).toMillis();
        AlertReport report = evaluation.step(now).orElseThrow();
        evaluation.save(now).join();
        return report;
    }

    private List<AlertChange.Kind> logged(String rule) {
        return logged.stream()
                .filter(change -> change.rule().equals(rule))
                .map(AlertChange::kind)
                .toList();
    }

    @Test
    void keepsStatesAndBudgetsInTheLedger() {
        set("heat", 90);
        set("all_total", 100);
        set("bad_total", 1);
        step();
        reopen();
        logged.clear();
        meters.clear();
        set("heat", 95);
        set("all_total", 100);
        set("bad_total", 4);
        AlertReport report = step();

        assertThat(logged("TooHot")).isEmpty();
        assertThat(report.firing()).containsEntry("P0", 1L);
        assertThat(report.objectives()).singleElement().satisfies(objective -> {
            assertThat(objective.windows().get("1h").events()).isEqualTo(200);
            assertThat(objective.compliance()).isEqualTo(1 - 5 / 200.0);
        });
    }

    @Test
    void logsEachChangeOnce() {
        set("heat", 90);
        step();
        step();
        set("heat", 20);
        step();

        assertThat(logged("TooHot")).containsExactly(AlertChange.Kind.FIRING, AlertChange.Kind.RESOLVED);
        assertThat(ledger.alerts().alerts()).noneMatch(alert -> alert.rule().equals("TooHot"));
    }

    @Test
    void losesNoMessageToAFailingLedger() {
        ledgerFails.set(true);
        set("heat", 90);
        step();
        AlertReport failing = step();
        assertThat(failing.unsaved()).isEqualTo(1);
        assertThat(failing.saveFailures()).isEqualTo(1);
        assertThat(ledger.alerts().alerts()).isEmpty();

        ledgerFails.set(false);
        step();
        AlertReport recovered = step();

        assertThat(recovered.unsaved()).isZero();
        assertThat(recovered.saveFailures()).isEqualTo(2);
        assertThat(commits.get()).isPositive();
        assertThat(ledger.alerts().alerts()).anyMatch(alert -> alert.rule().equals("TooHot"));
    }

    @Test
    void pagesOnceWithoutALedgerThatFails() {
        ledgerFails.set(true);
        set("heat", 90);
        step();
        step();
        assertThat(urgent).as("not before the ledger had its time").isEmpty();
        step();
        step();
        assertThat(urgent).singleElement().satisfies(page -> {
            assertThat(page.receiver()).isEqualTo("pager");
            assertThat(page.alerts()).extracting(Message.Item::name).containsExactly("TooHot");
        });

        ledgerFails.set(false);
        step();
        assertThat(ledger.outbox().due(now, List.of(), 10))
                .as("goes through the outbox too: it may not have arrived")
                .hasSize(1);
        assertThat(urgent).hasSize(1);
    }

    @Test
    void evaluatesAndPagesWhileTheLedgerHangs() {
        ledgerHangs.set(true);
        set("heat", 90);
        CompletableFuture<Void> first = stepUnsaved();
        for (int i = 0; i < 4; i++) {
            assertThat(stepUnsaved()).isNotDone();
        }
        assertThat(first).isNotDone();
        assertThat(evaluation.pipeline().alerts()).isNotEmpty();
        assertThat(urgent).hasSize(1);

        ledgerGoesOn.countDown();
        first.join();
        step();
        assertThat(ledger.outbox().due(now, List.of(), 10)).hasSize(1);
    }

    private CompletableFuture<Void> stepUnsaved() {
        now += Duration.ofSeconds(5).toMillis();
        assertThat(evaluation.step(now)).isPresent();
        return evaluation.save(now);
    }

    @Test
    void takesSilencesFromTheLedger() {
        Map<String, Object> silence = new Silences(ledger.alerts(), new java.util.Random(1))
                .add(List.of("alertname=TooHot"), Duration.ofHours(1), "maintenance", "me", now)
                .join();
        reopen();
        set("heat", 90);
        AlertReport report = step();

        assertThat(report.firing()).containsEntry("P0", 1L);
        assertThat(evaluation.pipeline().router().silences(now)).hasSize(1);
        assertThat(evaluation.step(now + 1).orElseThrow().unsaved()).isZero();
        assertThat(ledger.audit().latest(1).get(0).entry().action()).isEqualTo("silence_added");
        assertThat(new Silences(ledger.alerts(), new java.util.Random(1))
                        .expire(String.valueOf(silence.get("id")), "me", now)
                        .join())
                .isTrue();
        assertThat(AlertRecords.silences(ledger.alerts(), now)).isEmpty();
    }
}
