package io.vitrine.server.alerting;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.pipeline.AlertPipeline.Step;
import io.vitrine.alerting.routing.Notification;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.store.ledger.AlertLedger;
import io.vitrine.store.ledger.AlertRow;
import io.vitrine.store.ledger.LedgerChange;
import io.vitrine.store.ledger.OutboxMessage;
import io.vitrine.store.ledger.SloHourRow;
import org.jspecify.annotations.Nullable;

/**
 * Writes what an evaluation has changed to the ledger, in one transaction: states, routing, budgets, messages. One
 * transaction at a time; while it is under way, or after it has failed, changes gather in memory and go with the next
 * one. Pages that the ledger has not taken for {@value #PAGE_WAIT_SECONDS} seconds are sent without it, and once more when it
 * has: a failing ledger must not hide that it fails. Evaluation thread only.
 */
final class AlertSaver {

    /** Notifications that may wait for a failing ledger; the least urgent are dropped beyond it. */
    static final int MAX_UNSAVED = 1_000;

    /** Longer than a transaction takes on a slow disk. */
    static final int PAGE_WAIT_SECONDS = 10;

    private static final Duration VALUE_REFRESH = Duration.ofMinutes(1);
    private static final Duration CLEAN_UP = Duration.ofHours(1);
    private static final Duration HOURS_KEPT = Duration.ofDays(91);
    private static final Duration SILENCES_KEPT = Duration.ofDays(30);

    private final AlertLedger ledger;
    private final List<AlertConsumer> consumers;
    private final List<Runnable> afterCommit;
    private final LifecycleListener events;
    private final Executor evaluationThread;
    private final Consumer<Message> urgent;
    private final Set<Notification> sentUnsaved = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, SloHourRow> hours = new LinkedHashMap<>();
    private final Deque<Notification> notifications = new ArrayDeque<>();
    private final List<LedgerChange> ofConsumers = new ArrayList<>();
    private Map<String, AlertRow> savedAlerts = new LinkedHashMap<>();
    private Map<String, String> savedRouting = new LinkedHashMap<>();
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private @Nullable CompletableFuture<Void> following;
    private long refreshedMillis;
    private long cleanedMillis;
    private long failureCount;
    private long lostCount;

    /**
     * @param evaluationThread where transactions' ends are taken in
     * @param urgent sends a page that cannot be saved; does not block
     */
    AlertSaver(
            AlertLedger ledger,
            List<AlertConsumer> consumers,
            List<Runnable> afterCommit,
            LifecycleListener events,
            Executor evaluationThread,
            Consumer<Message> urgent) {
        this.ledger = ledger;
        this.consumers = List.copyOf(consumers);
        this.afterCommit = List.copyOf(afterCommit);
        this.events = events;
        this.evaluationThread = evaluationThread;
        this.urgent = urgent;
        ledger.alerts().forEach(alert -> savedAlerts.put(alert.fingerprint(), alert));
        savedRouting.putAll(ledger.routing());
    }

    /** Takes what a step has changed. */
    void add(Step step) {
        step.hours().stream()
                .map(AlertRecords::row)
                .forEach(row -> hours.put(row.objective() + row.labels() + row.hourMillis(), row));
        notifications.addAll(step.notifications());
        while (notifications.size() > MAX_UNSAVED) {
            dropLeastUrgent();
        }
        if (!step.changed().isEmpty()) {
            consumers.forEach(consumer -> ofConsumers.addAll(changes(consumer, step)));
        }
    }

    private List<LedgerChange> changes(AlertConsumer consumer, Step step) {
        try {
            return consumer.changed(step.changed(), step.atMillis());
        } catch (RuntimeException e) {
            events.faulted("alerts", e);
            return List.of();
        }
    }

    private void dropLeastUrgent() {
        Notification least = notifications.stream()
                .max(Comparator.comparing(AlertSaver::urgency))
                .orElseThrow();
        notifications.remove(least);
        sentUnsaved.remove(least);
        lostCount++;
    }

    /** Severity of the most urgent alert. */
    private static Severity urgency(Notification notification) {
        return Stream.concat(notification.firing().stream(), notification.resolved().stream())
                .map(alert -> alert.rule().severity())
                .min(Comparator.naturalOrder())
                .orElse(Severity.P3);
    }

    /**
     * Begins a transaction with everything that is not saved, at once or after the one that is under way. Completes
     * when it has ended, well or not.
     */
    CompletableFuture<Void> save(AlertPipeline pipeline, long atMillis) {
        pageWithoutLedger(atMillis);
        if (!running.isDone()) {
            return saveAfter(running, pipeline, atMillis);
        }
        Batch batch = new Batch(pipeline, atMillis);
        if (batch.changes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        running = ledger.apply(batch.changes)
                .handleAsync(
                        (nothing, failure) -> {
                            ended(batch, failure);
                            return null;
                        },
                        evaluationThread);
        return running;
    }

    private void pageWithoutLedger(long atMillis) {
        notifications.stream()
                .filter(notification -> urgency(notification).compareTo(Severity.P1) <= 0)
                .filter(notification -> atMillis - notification.atMillis() >= PAGE_WAIT_SECONDS * 1_000L)
                .filter(sentUnsaved::add)
                .map(Message::of)
                .forEach(urgent);
    }

    /** However many changes come meanwhile, one transaction follows. */
    private CompletableFuture<Void> saveAfter(CompletableFuture<Void> before, AlertPipeline pipeline, long atMillis) {
        if (following == null) {
            following = before.thenComposeAsync(
                    ended -> {
                        following = null;
                        return save(pipeline, atMillis);
                    },
                    evaluationThread);
        }
        return following;
    }

    private void ended(Batch batch, @Nullable Throwable failure) {
        if (failure != null) {
            failureCount++;
            events.faulted("alerts", failure);
            return;
        }
        batch.taken();
        consumers.forEach(AlertConsumer::committed);
        if (batch.messages > 0) {
            afterCommit.forEach(Runnable::run);
        }
    }

    /** One transaction. */
    private final class Batch {

        private final List<LedgerChange> changes = new ArrayList<>();
        private final Map<String, AlertRow> alerts = new LinkedHashMap<>();
        private final Map<String, String> routing;
        private final Map<String, SloHourRow> written = Map.copyOf(hours);
        private final List<Notification> sent = List.copyOf(notifications);
        private final int messages = sent.size();
        private final List<LedgerChange> others = List.copyOf(ofConsumers);
        private final long atMillis;
        private final boolean refreshes;
        private final boolean cleans;

        Batch(AlertPipeline pipeline, long atMillis) {
            this.atMillis = atMillis;
            this.refreshes = atMillis - refreshedMillis >= VALUE_REFRESH.toMillis();
            this.cleans = atMillis - cleanedMillis >= CLEAN_UP.toMillis();
            pipeline.alerts().forEach(this::put);
            savedAlerts.keySet().stream()
                    .filter(fingerprint -> !alerts.containsKey(fingerprint))
                    .forEach(fingerprint -> changes.add(AlertLedger.removeAlert(fingerprint)));
            routing = AlertRecords.routing(pipeline.routerState());
            routing.forEach((key, json) -> {
                if (!json.equals(savedRouting.get(key))) {
                    changes.add(AlertLedger.putRouting(key, json));
                }
            });
            savedRouting.keySet().stream()
                    .filter(key -> !routing.containsKey(key))
                    .forEach(key -> changes.add(AlertLedger.removeRouting(key)));
            written.values().forEach(hour -> changes.add(AlertLedger.put(hour)));
            sent.forEach(notification -> changes.add(AlertLedger.send(message(notification))));
            changes.addAll(others);
            if (cleans) {
                changes.add(AlertLedger.forget(
                        atMillis - HOURS_KEPT.toMillis(),
                        atMillis - AlertRecords.MINUTES_KEPT.toMillis(),
                        atMillis - SILENCES_KEPT.toMillis()));
            }
        }

        /** The value of an alert changes all the time: it is written now and then. */
        private void put(Alert alert) {
            AlertRow row = AlertRecords.row(alert);
            AlertRow saved = savedAlerts.get(row.fingerprint());
            if (saved != null
                    && saved.state().equals(row.state())
                    && saved.changedMillis() == row.changedMillis()
                    && (!refreshes || saved.equals(row))) {
                alerts.put(row.fingerprint(), saved);
            } else {
                alerts.put(row.fingerprint(), row);
                changes.add(AlertLedger.put(row));
            }
        }

        private void taken() {
            savedAlerts = alerts;
            savedRouting = routing;
            written.forEach(hours::remove);
            sent.forEach(notifications::remove);
            sent.forEach(sentUnsaved::remove);
            ofConsumers.subList(0, others.size()).clear();
            refreshedMillis = refreshes ? atMillis : refreshedMillis;
            cleanedMillis = cleans ? atMillis : cleanedMillis;
        }
    }

    private static OutboxMessage message(Notification notification) {
        return new OutboxMessage(
                notification.receiver(),
                notification.groupKey(),
                notification.kind().name().toLowerCase(Locale.ROOT),
                notification.atMillis(),
                NotificationJson.write(notification));
    }

    int unsavedCount() {
        return notifications.size();
    }

    long failureCount() {
        return failureCount;
    }

    long lostCount() {
        return lostCount;
    }
}
