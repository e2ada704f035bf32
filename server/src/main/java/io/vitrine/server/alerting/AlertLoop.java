package io.vitrine.server.alerting;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.pipeline.PipelineLimits;
import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetryPart;
import io.vitrine.server.config.ServerConfig.AlertsConfig;
import io.vitrine.store.ledger.Ledger;

/**
 * Evaluates rules and objectives at intervals, on one worker thread of its own and never an event loop, and saves what
 * has changed in the ledger. Everything that touches alerts runs on that thread; the methods of this class may be
 * called from any.
 */
public final class AlertLoop implements AlertActions {

    private static final int MAX_LABEL_SETS = 50;
    private static final int MAX_ALERTS = 100;
    private static final long FOLLOW_MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final Vertx vertx;
    private final WorkerExecutor worker;
    private final AlertsConfig config;
    private final Telemetry telemetry;
    private final Ledger ledger;
    private final AlertTime time;
    private final Clock clock;
    private final EvaluationClock evaluationClock;
    private final AlertEvaluation evaluation;
    private final Silences silences;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final List<Long> timers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean following = new AtomicBoolean();
    private long changesSeen;

    /**
     * Reads what the ledger has; blocks. Evaluates nothing before {@link #start}.
     *
     * @param consumers take part in each evaluation
     * @param afterCommit called after each transaction that has queued messages
     * @param urgent sends a page that the ledger does not take; does not block
     * @throws io.vitrine.store.StoreException if the ledger cannot be read
     */
    public AlertLoop(
            Vertx vertx,
            AlertsConfig config,
            AlertPlan plan,
            Ledger ledger,
            Telemetry telemetry,
            AlertTime time,
            List<AlertConsumer> consumers,
            List<Runnable> afterCommit,
            Consumer<Message> urgent) {
        this.vertx = vertx;
        this.config = config;
        this.telemetry = telemetry;
        this.ledger = ledger;
        this.time = time;
        this.clock = time.wall();
        this.worker = vertx.createSharedWorkerExecutor("vitrine-alerts", 1);
        this.evaluationClock = new EvaluationClock(clock, time.nanos());
        this.silences = new Silences(ledger.alerts(), new SecureRandom());
        this.changesSeen = ledger.changesByOthers().join();
        AlertPipeline pipeline =
                new AlertPipeline(plan, new PipelineLimits(config.maxSeries(), MAX_LABEL_SETS, MAX_ALERTS));
        long now = clock.millis();
        pipeline.restore(AlertRecords.read(ledger.alerts(), now), now);
        AlertSaver saver = new AlertSaver(
                ledger.alerts(),
                consumers,
                afterCommit,
                telemetry.events(),
                command -> run(asSupplier(command)),
                urgent);
        this.evaluation = new AlertEvaluation(pipeline, telemetry::readings, saver, telemetry.events(), time.nanos());
    }

    private static Supplier<Boolean> asSupplier(Runnable command) {
        return () -> {
            command.run();
            return true;
        };
    }

    /** Evaluates at intervals until {@link #stop}, while evaluation is switched on. */
    public void start() {
        timers.add(vertx.setPeriodic(time.timerMillis(config.interval()), timer -> {
            if (telemetry.switches().isOn(TelemetryPart.ALERTS) && busy.compareAndSet(false, true)) {
                run(this::evaluate)
                        .onFailure(cause -> telemetry.events().faulted("alerts", cause))
                        .onComplete(done -> busy.set(false));
            }
        }));
        timers.add(vertx.setPeriodic(FOLLOW_MILLIS, timer -> followChanges()));
    }

    /**
     * Evaluates a last time: what happened since the evaluation before is counted. Completes once it is saved, or the
     * ledger has refused it. Nothing is evaluated afterwards.
     */
    public Future<Void> stop() {
        timers.forEach(vertx::cancelTimer);
        return telemetry.switches().isOn(TelemetryPart.ALERTS)
                ? run(this::evaluate).compose(Future::fromCompletionStage)
                : Future.succeededFuture();
    }

    /** Begins to save; what fails is counted, and goes with the next evaluation. */
    private CompletableFuture<Void> evaluate() {
        long at = evaluationClock.millis();
        evaluation.step(at).ifPresent(telemetry::evaluated);
        return evaluation.save(at);
    }

    /** Takes over silences that a command has changed. A ledger that hangs must not hold up evaluations. */
    private void followChanges() {
        if (following.compareAndSet(false, true)) {
            Future.fromCompletionStage(ledger.changesByOthers())
                    .compose(now -> run(asSupplier(() -> reloadSilencesIfChanged(now))))
                    .onFailure(cause -> telemetry.events().faulted("alerts", cause))
                    .onComplete(done -> following.set(false));
        }
    }

    private void reloadSilencesIfChanged(long now) {
        if (now != changesSeen) {
            changesSeen = now;
            reloadSilences();
        }
    }

    private void reloadSilences() {
        long now = clock.millis();
        evaluation.pipeline().silences(AlertRecords.silences(ledger.alerts(), now), now);
    }

    private <T> Future<T> run(Supplier<T> work) {
        return worker.executeBlocking(work::get);
    }

    @Override
    public Future<Void> acknowledge(Set<String> fingerprints, String who) {
        return run(() -> {
                    fingerprints.forEach(evaluation.pipeline().router()::acknowledge);
                    return evaluation.save(evaluationClock.millis());
                })
                .compose(saved -> Future.fromCompletionStage(saved));
    }

    /** Pending and firing alerts. */
    public Future<List<Map<String, Object>>> alerts() {
        return run(() -> {
            long now = clock.millis();
            return evaluation.pipeline().alerts().stream()
                    .map(alert -> AlertViews.alert(alert, evaluation.pipeline(), now))
                    .toList();
        });
    }

    /** All rules, with their states. */
    public Future<List<Map<String, Object>>> rules() {
        return run(() -> AlertViews.rules(evaluation.pipeline(), evaluation.failures()));
    }

    /** All objectives, with their budgets. */
    public Future<List<Map<String, Object>>> objectives() {
        return run(() -> AlertViews.objectives(
                evaluation.pipeline().plan().objectives(), evaluation.pipeline().objectives()));
    }

    /** Silences that have not ended. */
    public Future<List<Map<String, Object>>> silences() {
        return run(() -> {
            long now = clock.millis();
            return evaluation.pipeline().router().silences(now).stream()
                    .map(silence -> AlertViews.silence(silence, now))
                    .toList();
        });
    }

    /**
     * Adds a silence; it holds once this completes.
     *
     * @return fails with an {@link IllegalArgumentException} if a value is not allowed
     */
    public Future<Map<String, Object>> silence(List<String> matchers, Duration length, String why, String who) {
        return run(() -> {
            Map<String, Object> added =
                    silences.add(matchers, length, why, who, clock.millis()).join();
            reloadSilences();
            return added;
        });
    }

    /** Ends a silence; false if there is none of this id that has not ended. */
    public Future<Boolean> expire(String id, String who) {
        return run(() -> {
            boolean ended = silences.expire(id, who, clock.millis()).join();
            reloadSilences();
            return ended;
        });
    }
}
