package io.vitrine.server.alerting.delivery;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.server.alerting.Messages;
import io.vitrine.server.alerting.NotificationJson;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.store.ledger.OutboxEntry;
import io.vitrine.store.ledger.OutboxMessage;
import io.vitrine.store.ledger.OutboxState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/** Delivery from a real ledger to a local receiver, on a clock that the test moves. */
@Timeout(60)
class DeliveryTest {

    private static final String SECRET = "s3cret";

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicLong now = new AtomicLong(Messages.NOON);
    private final Events events = new Events();
    private final ScriptedEndpoint endpoint = new ScriptedEndpoint(vertx);
    private Ledger ledger;
    private Delivery delivery;

    private static final class Events implements LifecycleListener {
        private final List<String> seen = new CopyOnWriteArrayList<>();

        @Override
        public void notificationAttempted(ReceiverKind kind, DeliveryOutcome outcome, Duration took, Duration age) {
            seen.add(kind.label() + " " + outcome.label());
        }

        @Override
        public void notificationDead(String receiver, String groupKey, String reason) {
            seen.add("dead " + receiver + ": " + reason);
        }

        @Override
        public void receiverFailed(String receiver, String reason) {
            seen.add("failed " + receiver + ": " + reason);
        }

        @Override
        public void receiverRecovered(String receiver, Duration after) {
            seen.add("recovered " + receiver + " after " + after.toMillis());
        }
    }

    private final class TestClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now.get());
        }
    }

    @BeforeEach
    void openLedger() {
        ledger = Ledger.open(LedgerSettings.in(directory));
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        ledger.close();
    }

    private Receiver hook(String name) {
        return new WebhookReceiver(
                name, URI.create(endpoint.url("/" + name)), new Secret(SECRET), Optional.empty(), Optional.empty());
    }

    private void start(int attempts, Receiver... receivers) {
        Map<String, Receiver> byName = new LinkedHashMap<>();
        for (Receiver receiver : receivers) {
            byName.put(receiver.name(), receiver);
        }
        DeliverySettings settings = new DeliverySettings(
                Duration.ofSeconds(2),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                attempts,
                16,
                Duration.ofSeconds(5),
                Messages.LINKS);
        delivery =
                new Delivery(ledger.outbox(), new Receivers(byName), settings, events, new TestClock(), new Random(7));
        vertx.deployVerticle(delivery).toCompletionStage().toCompletableFuture().join();
    }

    private void add(String receiver, String group, Kind kind) {
        String body = NotificationJson.write(Messages.notification(
                receiver,
                group,
                kind,
                kind == Kind.RESOLVED ? List.of() : List.of(Messages.alert("m", AlertState.FIRING)),
                kind == Kind.RESOLVED ? List.of(Messages.alert("m", AlertState.RESOLVED)) : List.of()));
        ledger.outbox()
                .add(new OutboxMessage(receiver, group, kind.name(), now.get(), body))
                .join();
        delivery.wake();
    }

    private OutboxEntry entry(long id) {
        return ledger.outbox().latest(100).stream()
                .filter(entry -> entry.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private void awaitState(long id, OutboxState state) {
        await().untilAsserted(() -> assertThat(entry(id).state()).isEqualTo(state));
    }

    /** Until an attempt of a message has failed so many times; then its next one is due. */
    private void awaitFailures(long id, int count) {
        await().untilAsserted(() -> assertThat(entry(id).attempts()).isEqualTo(count));
    }

    /** Beyond every back-off. */
    private void passTime() {
        now.addAndGet(Duration.ofMinutes(2).toMillis());
        delivery.wake();
    }

    @Test
    void deliversASignedMessage() {
        start(5, hook("hook"));
        add("hook", "a", Kind.FIRING);
        awaitState(1, OutboxState.DELIVERED);

        ScriptedEndpoint.Seen seen = endpoint.seen().get(0);
        long seconds = Messages.NOON / 1_000;
        assertThat(seen.signature())
                .isEqualTo(
                        "t=" + seconds + ",v1=" + Hashes.hmacSha256(new Secret(SECRET), seconds + "." + seen.body()));
        assertThat(seen.delivery()).isEqualTo("1");
        assertThat(events.seen).containsExactly("webhook delivered");
        await().untilAsserted(() -> assertThat(delivery.waitingCount()).isZero());
    }

    @Test
    void keepsTheOrderOfAGroupThroughFailures() {
        endpoint.then(500, "no");
        start(5, hook("hook"));
        add("hook", "a", Kind.FIRING);
        awaitFailures(1, 1);
        add("hook", "a", Kind.RESOLVED);
        add("hook", "b", Kind.FIRING);
        awaitState(3, OutboxState.DELIVERED);
        assertThat(entry(2).state()).as("waits behind the first").isEqualTo(OutboxState.WAITING);

        passTime();
        awaitState(2, OutboxState.DELIVERED);
        assertThat(endpoint.seen())
                .extracting(
                        ScriptedEndpoint.Seen::delivery,
                        seen -> seen.json().at("/status").asText())
                .containsExactly(
                        tuple("1", "firing"), tuple("3", "firing"), tuple("1", "firing"), tuple("2", "resolved"));
    }

    @Test
    void honoursRetryAfterForTheWholeReceiver() {
        endpoint.then(response -> ScriptedEndpoint.end(response.putHeader("Retry-After", "300"), 429, "slow down"));
        start(5, hook("hook"), hook("other"));
        add("hook", "a", Kind.FIRING);
        awaitFailures(1, 1);
        assertThat(entry(1).dueMillis()).isEqualTo(Messages.NOON + 300_000);
        assertThat(entry(1).error()).isEqualTo("HTTP 429: slow down");

        add("hook", "b", Kind.FIRING);
        add("other", "c", Kind.FIRING);
        awaitState(3, OutboxState.DELIVERED);
        assertThat(entry(2).state()).isEqualTo(OutboxState.WAITING);

        now.addAndGet(300_000);
        delivery.wake();
        awaitState(1, OutboxState.DELIVERED);
        awaitState(2, OutboxState.DELIVERED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "404", "302", "timeout", "reset"})
    void repeatsWhatCanEndWithoutAChangeOfTheMessage(String fault) {
        endpoint.then(response -> fail(response, fault));
        start(5, hook("hook"));
        add("hook", "a", Kind.FIRING);
        awaitFailures(1, 1);
        assertThat(entry(1).dueMillis()).isBetween(Messages.NOON, Messages.NOON + 1_000);

        passTime();
        awaitState(1, OutboxState.DELIVERED);
        assertThat(endpoint.seen())
                .hasSize(2)
                .extracting(ScriptedEndpoint.Seen::path)
                .containsOnly("/hook");
        assertThat(events.seen).containsExactly("webhook retried", "webhook delivered");
    }

    private void fail(HttpServerResponse response, String fault) {
        switch (fault) {
            case "timeout" -> {}
            case "reset" -> response.reset();
            case "302" ->
                ScriptedEndpoint.end(response.putHeader("Location", endpoint.url("/elsewhere")), 302, "moved");
            default -> ScriptedEndpoint.end(response, Integer.parseInt(fault), "no");
        }
    }

    @Test
    void aSlowOrEndlessBodyDoesNotChangeTheAnswer() {
        endpoint.then(response -> response.setChunked(true).write("slow").onComplete(ignored -> {}));
        endpoint.then(
                response -> response.setChunked(true).write("x".repeat(100_000)).onComplete(ignored -> {}));
        start(5, hook("hook"));
        add("hook", "a", Kind.FIRING);
        add("hook", "b", Kind.FIRING);

        awaitState(1, OutboxState.DELIVERED);
        awaitState(2, OutboxState.DELIVERED);
        assertThat(endpoint.seen()).hasSize(2);
    }

    @Test
    void givesUpWhatTheReceiverRejects() {
        endpoint.then(400, "invalid " + SECRET + " \u001b[31m");
        start(5, hook("hook"));
        add("hook", "a", Kind.FIRING);
        add("hook", "a", Kind.RESOLVED);
        awaitState(2, OutboxState.DELIVERED);

        assertThat(entry(1).state()).isEqualTo(OutboxState.DEAD);
        assertThat(entry(1).error()).isEqualTo("HTTP 400: invalid *** \\u001b[31m");
        assertThat(events.seen)
                .containsExactly("webhook dead", "dead hook: HTTP 400: invalid *** \\u001b[31m", "webhook delivered");
        await().untilAsserted(() -> assertThat(delivery.deadCount()).isEqualTo(1));
    }

    @Test
    void givesUpAfterTheLimitOfAttempts() {
        for (int i = 0; i < 4; i++) {
            endpoint.then(503, "");
        }
        start(4, hook("hook"));
        add("hook", "a", Kind.FIRING);
        for (int failures = 1; failures < 4; failures++) {
            awaitFailures(1, failures);
            passTime();
        }
        awaitState(1, OutboxState.DEAD);

        assertThat(events.seen)
                .containsExactly(
                        "webhook retried",
                        "webhook retried",
                        "webhook retried",
                        "failed hook: HTTP 503",
                        "webhook dead",
                        "dead hook: HTTP 503");
    }

    @Test
    void anOpenCircuitTriesOneMessageAtATime() {
        for (int i = 0; i < Circuit.THRESHOLD; i++) {
            endpoint.then(500, "");
        }
        start(50, hook("hook"));
        add("hook", "a", Kind.FIRING);
        for (int failures = 1; failures <= Circuit.THRESHOLD; failures++) {
            awaitFailures(1, failures);
            assertThat(delivery.failingReceiverCount()).isEqualTo(failures < Circuit.THRESHOLD ? 0 : 1);
            if (failures < Circuit.THRESHOLD) {
                passTime();
            }
        }
        endpoint.then(response -> {
            assertThat(endpoint.seen()).hasSize(Circuit.THRESHOLD + 1);
            ScriptedEndpoint.end(response, 200, "");
        });
        add("hook", "b", Kind.FIRING);
        add("hook", "c", Kind.FIRING);
        passTime();

        for (long id = 1; id <= 3; id++) {
            awaitState(id, OutboxState.DELIVERED);
        }
        assertThat(delivery.failingReceiverCount()).isZero();
        assertThat(events.seen)
                .filteredOn(event -> event.startsWith("recovered"))
                .hasSize(1);
    }

    @Test
    void aMessageForAnUnknownReceiverIsGivenUp() {
        start(5, hook("hook"));
        add("gone", "a", Kind.FIRING);
        awaitState(1, OutboxState.DEAD);

        assertThat(events.seen).containsExactly("dead gone: no such receiver is configured");
    }

    @Test
    void stopsInTimeAndGoesOnAfterARestart() {
        endpoint.then(response -> {});
        start(5, hook("hook"));
        add("hook", "a", Kind.FIRING);
        await().untilAsserted(() -> assertThat(endpoint.seen()).hasSize(1));

        delivery.close().toCompletionStage().toCompletableFuture().join();
        assertThat(entry(1).attempts()).as("the attempt under way has ended").isEqualTo(1);
        now.addAndGet(60_000);
        start(5, hook("hook"));

        awaitState(1, OutboxState.DELIVERED);
    }

    @Test
    void keepsFiringAlertsOfAnAlertmanagerAlive() {
        AlertmanagerReceiver receiver = new AlertmanagerReceiver(
                "central", URI.create(endpoint.url("")), Optional.empty(), Duration.ofMillis(150), Optional.empty());
        start(5, receiver);
        add("central", "a", Kind.FIRING);
        await().untilAsserted(() -> assertThat(endpoint.seen()).hasSizeGreaterThan(3));
        delivery.close().toCompletionStage().toCompletableFuture().join();
        int before = endpoint.seen().size();
        now.addAndGet(1_000);
        start(5, receiver);
        await().untilAsserted(() -> assertThat(endpoint.seen()).hasSizeGreaterThan(before + 1));

        add("central", "a", Kind.RESOLVED);
        awaitState(2, OutboxState.DELIVERED);
        List<ScriptedEndpoint.Seen> seen = endpoint.seen();
        assertThat(seen.get(seen.size() - 1).json().at("/0/endsAt").asText()).isEqualTo("2026-11-24T12:00:00Z");
        assertThat(seen.get(before).json().at("/0/endsAt").asText()).isEqualTo("2026-11-24T12:00:01.150Z");
        assertThat(ledger.outbox().counts().delivered()).isEqualTo(2);
    }
}
