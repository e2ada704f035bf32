package io.vitrine.server.alerting.delivery;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.NotificationQueue;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.server.alerting.Message;
import io.vitrine.server.alerting.NotificationJson;
import io.vitrine.store.ledger.Outbox;
import io.vitrine.store.ledger.OutboxCounts;
import io.vitrine.store.ledger.OutboxEntry;

/**
 * Delivers the outbox: each message at least once, in order for each receiver and group, one at a time for each of
 * these pairs. What fails is repeated with back-off, across restarts, and given up after a limit of attempts.
 *
 * <p>A verticle with an event loop of its own; reads and writes of the ledger leave it. A message is recorded as
 * delivered before the next one of its group is sent; while the ledger cannot record it, that group waits.
 */
public final class Delivery extends VerticleBase implements NotificationQueue {

    private static final long LEDGER_RETRY_MILLIS = 1_000;
    private static final long LONGEST_WAIT_MILLIS = 60_000;
    private static final Duration LONGEST_KEEP_ALIVE = Duration.ofDays(7);

    private final Outbox outbox;
    private final Receivers receivers;
    private final DeliverySettings settings;
    private final Backoff backoff;
    private final LifecycleListener events;
    private final Clock clock;
    private final RandomGenerator random;

    private final Map<String, Sender> senders = new HashMap<>();
    private final Map<String, Circuit> circuits = new HashMap<>();
    private final Set<Lane> inFlight = new HashSet<>();
    private final Map<Lane, Letter> alive = new LinkedHashMap<>();
    private final Promise<Void> idle = Promise.promise();
    private long lastUnsavedId;
    private boolean scanning;
    private boolean scanAgain;
    private boolean stopping;
    private long timer = -1;
    private volatile OutboxCounts counts = new OutboxCounts(0, 0, 0, 0, null);
    private volatile long failingReceivers;

    /** Messages of one receiver about one group. */
    private record Lane(String receiver, String groupKey) {}

    private record Found(List<OutboxEntry> due, Optional<Long> nextDueMillis, OutboxCounts counts) {}

    /**
     * @param clock wall time
     * @param random for jitter
     */
    public Delivery(
            Outbox outbox,
            Receivers receivers,
            DeliverySettings settings,
            LifecycleListener events,
            Clock clock,
            RandomGenerator random) {
        this.outbox = outbox;
        this.receivers = receivers;
        this.settings = settings;
        this.backoff = settings.backoff();
        this.events = events;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Future<?> start() {
        for (String name : receivers.names()) {
            receivers.find(name).ifPresent(receiver -> {
                senders.put(name, Sender.of(receiver, vertx, settings, clock));
                circuits.put(name, new Circuit());
            });
        }
        for (AlertmanagerReceiver receiver : receivers.alertmanagers()) {
            vertx.setPeriodic(receiver.resendInterval().toMillis(), id -> keepAlive(receiver));
        }
        return vertx.executeBlocking(this::lastDelivered).onSuccess(entries -> {
            entries.forEach(entry -> message(entry).ifPresent(message -> remember(entry, message)));
            scan();
        });
    }

    private List<OutboxEntry> lastDelivered() {
        List<OutboxEntry> entries = new ArrayList<>();
        receivers.alertmanagers().forEach(receiver -> entries.addAll(outbox.lastDelivered(receiver.name())));
        return entries;
    }

    /** Looks for messages; to be called after they are committed. Any thread. */
    public void wake() {
        context.runOnContext(now -> scan());
    }

    /**
     * Sends a message that the ledger does not take, beside the outbox: one attempt, in no order with others, and the
     * message may come again once the ledger has it. Any thread.
     */
    public void sendUnsaved(Message message) {
        context.runOnContext(now -> {
            Sender sender = senders.get(message.receiver());
            if (sender != null && !stopping) {
                long began = clock.millis();
                attempt(sender, new Letter(unsavedId(), message, settings.links()))
                        .onSuccess(answer -> report(
                                new Lane(message.receiver(), message.groupKey()),
                                answer.outcome(),
                                clock.millis() - began,
                                clock.millis() - message.atMillis()));
            }
        });
    }

    /** Negative, since the outbox does not know it, and new, since receivers may drop what has an id that they know. */
    private long unsavedId() {
        lastUnsavedId = Math.min(lastUnsavedId - 1, -clock.millis());
        return lastUnsavedId;
    }

    /** Ends the verticle. What is under way has the stop time to end; what is not delivered stays in the outbox. */
    public Future<Void> close() {
        return vertx.undeploy(context.deploymentID());
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        if (inFlight.isEmpty()) {
            idle.tryComplete();
        }
        return idle.future()
                .timeout(Math.max(1, settings.stopTimeout().toMillis()), TimeUnit.MILLISECONDS)
                .otherwiseEmpty()
                .compose(ended ->
                        Future.join(senders.values().stream().map(Sender::close).toList()))
                .otherwiseEmpty();
    }

    private void scan() {
        scanAgain = scanning;
        if (scanning || stopping) {
            return;
        }
        scanning = true;
        long now = clock.millis();
        Set<String> paused = circuits.entrySet().stream()
                .filter(circuit -> circuit.getValue().pausedUntilMillis() > now)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
        int limit = inFlight.size() + settings.concurrency();
        vertx.executeBlocking(() -> find(now, paused, limit)).onComplete(this::scanned, this::scanFailed);
    }

    private Found find(long now, Collection<String> paused, int limit) {
        return new Found(outbox.due(now, paused, limit), outbox.nextDueMillis(now, paused), outbox.counts());
    }

    private void scanned(Found found) {
        scanning = false;
        counts = found.counts();
        found.due().forEach(this::admit);
        if (scanAgain) {
            scan();
        } else {
            scanAfter(nextScanMillis(found) - clock.millis());
        }
    }

    private void scanFailed(Throwable failure) {
        scanning = false;
        events.faulted("notification outbox", failure);
        scanAfter(LEDGER_RETRY_MILLIS);
    }

    /** The next message that becomes due, or the next end of a pause; what ends under way looks by itself. */
    private long nextScanMillis(Found found) {
        long now = clock.millis();
        long next = found.nextDueMillis().orElse(Long.MAX_VALUE);
        for (Circuit circuit : circuits.values()) {
            if (circuit.pausedUntilMillis() > now) {
                next = Math.min(next, circuit.pausedUntilMillis());
            }
        }
        return Math.min(next, now + LONGEST_WAIT_MILLIS);
    }

    private void scanAfter(long delayMillis) {
        vertx.cancelTimer(timer);
        if (!stopping) {
            timer = vertx.setTimer(Math.max(1, delayMillis), id -> scan());
        }
    }

    private void admit(OutboxEntry entry) {
        Lane lane = new Lane(entry.message().receiver(), entry.message().groupKey());
        Circuit circuit = circuits.computeIfAbsent(lane.receiver(), name -> new Circuit());
        long ofReceiver = inFlight.stream()
                .filter(other -> other.receiver().equals(lane.receiver()))
                .count();
        boolean free = !inFlight.contains(lane) && inFlight.size() < settings.concurrency();
        if (!stopping && free && circuit.admits(clock.millis(), (int) ofReceiver)) {
            inFlight.add(lane);
            deliver(lane, entry);
        }
    }

    private void deliver(Lane lane, OutboxEntry entry) {
        Sender sender = senders.get(lane.receiver());
        Optional<Message> message = message(entry);
        if (sender == null || message.isEmpty()) {
            String reason = sender == null ? "no such receiver is configured" : "the message cannot be read";
            giveUp(lane, entry, reason);
            return;
        }
        long began = clock.millis();
        attempt(sender, new Letter(entry.id(), message.get(), settings.links()))
                .onSuccess(answer -> attempted(lane, entry, message.get(), answer, clock.millis() - began));
    }

    /** A receiver whose settings make a message fail to render must not stop the others. */
    private static Future<Answer> attempt(Sender sender, Letter letter) {
        try {
            return sender.send(letter);
        } catch (RuntimeException e) {
            return Future.succeededFuture(Answer.rejected(
                    "the message cannot be rendered: " + e.getClass().getName()));
        }
    }

    private static Optional<Message> message(OutboxEntry entry) {
        try {
            return Optional.of(NotificationJson.read(entry.message().body()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void attempted(Lane lane, OutboxEntry entry, Message message, Answer answer, long tookMillis) {
        long now = clock.millis();
        boolean last = entry.attempts() + 1 >= settings.attempts();
        DeliveryOutcome outcome =
                answer.outcome() == DeliveryOutcome.RETRIED && last ? DeliveryOutcome.DEAD : answer.outcome();
        report(lane, outcome, tookMillis, now - entry.message().createdMillis());
        count(lane, answer, now);
        switch (outcome) {
            case DELIVERED -> {
                remember(entry, message);
                record(lane, () -> outbox.delivered(entry.id(), now));
            }
            case RETRIED -> {
                long wait = Math.max(
                        backoff.delayMillis(entry.attempts() + 1, random),
                        answer.retryAfter().map(Duration::toMillis).orElse(0L));
                record(lane, () -> outbox.retry(entry.id(), now + wait, answer.detail()));
            }
            case DEAD -> giveUp(lane, entry, answer.detail());
        }
    }

    private void report(Lane lane, DeliveryOutcome outcome, long tookMillis, long ageMillis) {
        receivers
                .find(lane.receiver())
                .ifPresent(receiver -> events.notificationAttempted(
                        receiver.kind(),
                        outcome,
                        Duration.ofMillis(Math.max(0, tookMillis)),
                        Duration.ofMillis(Math.max(0, ageMillis))));
    }

    /** Moves the receiver's circuit. A receiver that rejects a message answers, and so works. */
    private void count(Lane lane, Answer answer, long now) {
        Circuit circuit = circuits.computeIfAbsent(lane.receiver(), name -> new Circuit());
        if (answer.outcome() == DeliveryOutcome.RETRIED) {
            boolean opened = circuit.failed(now);
            if (circuit.isOpen()) {
                circuit.pause(now + backoff.delayMillis(circuit.failures() - Circuit.THRESHOLD + 1, random));
            }
            answer.retryAfter().ifPresent(delay -> circuit.pause(now + delay.toMillis()));
            if (opened) {
                events.receiverFailed(lane.receiver(), answer.detail());
            }
        } else if (circuit.succeeded()) {
            events.receiverRecovered(lane.receiver(), Duration.ofMillis(Math.max(0, now - circuit.openedMillis())));
        }
        failingReceivers = circuits.values().stream().filter(Circuit::isOpen).count();
    }

    private void giveUp(Lane lane, OutboxEntry entry, String reason) {
        events.notificationDead(lane.receiver(), lane.groupKey(), reason);
        record(lane, () -> outbox.dead(entry.id(), clock.millis(), reason));
    }

    /** Writes what became of a message, until the ledger has it; then its group goes on. */
    private void record(Lane lane, Supplier<CompletableFuture<Void>> write) {
        Future.fromCompletionStage(write.get(), context)
                .onComplete(
                        written -> {
                            inFlight.remove(lane);
                            if (stopping && inFlight.isEmpty()) {
                                idle.tryComplete();
                            }
                            scan();
                        },
                        failure -> {
                            events.faulted("notification outbox", failure);
                            vertx.setTimer(LEDGER_RETRY_MILLIS, id -> record(lane, write));
                        });
    }

    private void remember(OutboxEntry entry, Message message) {
        Lane lane = new Lane(entry.message().receiver(), entry.message().groupKey());
        alive.remove(lane);
        if (message.fires() && receivers.find(lane.receiver()).orElse(null) instanceof AlertmanagerReceiver) {
            alive.put(lane, new Letter(entry.id(), message, settings.links()));
        }
    }

    /** Sends the firing alerts that an Alertmanager has once more, lest it take them for resolved. */
    private void keepAlive(AlertmanagerReceiver receiver) {
        long now = clock.millis();
        alive.values().removeIf(letter -> now - letter.message().atMillis() > LONGEST_KEEP_ALIVE.toMillis());
        Sender sender = senders.get(receiver.name());
        if (sender == null || stopping) {
            return;
        }
        alive.forEach((lane, letter) -> {
            if (lane.receiver().equals(receiver.name()) && !inFlight.contains(lane)) {
                inFlight.add(lane);
                attempt(sender, letter).onSuccess(answer -> {
                    count(lane, answer, clock.millis());
                    record(lane, () -> CompletableFuture.completedFuture(null));
                });
            }
        });
    }

    @Override
    public long waitingCount() {
        return counts.waiting();
    }

    @Override
    public double oldestAgeSeconds() {
        Long oldest = counts.oldestWaitingMillis();
        return oldest == null ? 0 : Math.max(0, clock.millis() - oldest) / 1e3;
    }

    @Override
    public long deadCount() {
        return counts.dead();
    }

    @Override
    public long droppedCount() {
        return counts.dropped();
    }

    @Override
    public long failingReceiverCount() {
        return failingReceivers;
    }
}
