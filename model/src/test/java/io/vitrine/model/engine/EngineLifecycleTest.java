package io.vitrine.model.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.vitrine.model.engine.EngineFixture.Client;
import io.vitrine.model.engine.ScriptedRunner.Gate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.vitrine.model.engine.EngineFixture.SETTINGS;
import static io.vitrine.model.engine.EngineFixture.repeat;
import static io.vitrine.model.engine.EngineFixture.request;
import static io.vitrine.model.engine.EngineFixture.requestUntil;
import static io.vitrine.model.engine.EngineFixture.runner;
import static org.assertj.core.api.Assertions.assertThat;

/** Places, cancels, deadlines, draining and closing. */
@Timeout(60)
class EngineLifecycleTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void refusesARequestWhenTheQueueIsFull() {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            for (int i = 0; i < SETTINGS.slots() + SETTINGS.queueLimit(); i++) {
                assertThat(fixture.submit(1, 10).submission()).isInstanceOf(Submission.Accepted.class);
            }
            Client refused = fixture.submit(1, 10);
            assertThat(refused.refusal()).isEqualTo(RefusalReason.QUEUE_FULL);
            assertThat(refused.words()).isEqualTo("ended(REFUSED)");
            assertThat(refused.sink().hasEnded()).isFalse();
            gate.release();
        }
    }

    @Test
    void aPlaceIsFreeOnceTheEndIsTold() {
        try (var fixture = new EngineFixture(new EngineSettings(1, 0, 8, 0, 0, 1), runner(ScriptedRunner.counting()))) {
            for (int i = 0; i < 50; i++) {
                assertThat(fixture.submit(2, 10).awaitEnd()).isEqualTo(FinishReason.LENGTH);
                fixture.requireIdle();
            }
        }
    }

    @Test
    void refusesWhatCanNeverFit() {
        try (var fixture = new EngineFixture(SETTINGS, new ScriptedRunner(100, 64, 4, 8, ScriptedRunner.counting()))) {
            Client tooManyPages = fixture.submit(14, repeat(1, 20));
            Client noRoom = fixture.submit(1, repeat(1, 64));
            for (Client client : new Client[] {tooManyPages, noRoom}) {
                assertThat(client.refusal()).isEqualTo(RefusalReason.TOO_LONG);
                assertThat(client.words()).isEqualTo("ended(REFUSED)");
            }
            assertThat(fixture.submit(13, repeat(1, 20)).awaitEnd()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void theHeadOfTheLineWaitsForPagesAndIsNotOvertaken() {
        try (var fixture = new EngineFixture(
                new EngineSettings(3, 3, 64, 0, 0, 1), new ScriptedRunner(100, 64, 4, 8, ScriptedRunner.counting()))) {
            Gate gate = fixture.runner.holdAt(0);
            Client large = fixture.submit(2, repeat(1, 20));
            gate.awaitReached();
            Client larger = fixture.submit(1, repeat(2, 24));
            Client small = fixture.submit(1, 3);
            gate.release();
            larger.awaitEnd();
            small.awaitEnd();
            large.awaitEnd();
            assertThat(fixture.runner.steps().stream()
                            .map(step -> step.spans().size())
                            .toList())
                    .containsExactly(1, 1, 2);
            assertThat(fixture.runner.steps().get(2).spans()).anyMatch(span -> span.tokens().length == 24);
        }
    }

    @Test
    void cancelsARunningRequestBeforeTheNextStep() {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(1);
            Client client = fixture.submit(50, 10);
            gate.awaitReached();
            assertThat(fixture.engine.kvPagesUsed()).isEqualTo(1);
            client.handle().cancel();
            client.handle().cancel();
            gate.release();
            assertThat(client.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.CANCELLED, new GenerationUsage(1, 0, 2)));
            assertThat(client.words())
                    .isEqualTo("queued, admitted(0), prefillEnded(1), token(11), token(12), ended(CANCELLED)");
            assertThat(fixture.runner.steps()).hasSize(2);
            fixture.requireIdle();
        }
    }

    @Test
    void cancelsARequestInTheMiddleOfItsPrompt() {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            Client client = fixture.submit(1, repeat(10, 30));
            gate.awaitReached();
            client.handle().cancel();
            gate.release();
            assertThat(client.sink().awaitEnd())
                    .as("one chunk of 8 was computed")
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.CANCELLED, new GenerationUsage(8, 0, 0)));
            assertThat(client.words()).isEqualTo("queued, admitted(0), ended(CANCELLED)");
        }
    }

    @Test
    void submitsAllPartsOrNone() {
        try (var fixture = new EngineFixture(new EngineSettings(1, 2, 8, 0, 0, 1), runner(ScriptedRunner.counting()))) {
            Gate gate = fixture.runner.holdAt(0);
            fixture.submit(1, 10);
            gate.awaitReached();
            List<RecordingGenerationListener> refused = new ArrayList<>();
            List<Submission.Part> three = parts(3, refused);
            assertThat(fixture.engine.submit(three)).isEqualTo(new Submission.Refused(RefusalReason.QUEUE_FULL));
            assertThat(refused).extracting(RecordingGenerationListener::words).containsOnly("ended(REFUSED)");
            assertThat(fixture.engine.waitingCount()).isZero();

            List<RecordingGenerationListener> accepted = new ArrayList<>();
            var handle = ((Submission.Accepted) fixture.engine.submit(parts(2, accepted))).handle();
            assertThat(fixture.engine.waitingCount()).isEqualTo(2);
            handle.cancel();
            gate.release();
            Awaitility.await().atMost(LONG).until(() -> fixture.engine.waitingCount() == 0);
            assertThat(accepted)
                    .extracting(RecordingGenerationListener::words)
                    .containsOnly("queued, ended(CANCELLED)");
        }
    }

    @Test
    void oneTooLongPartRefusesTheSubmission() {
        try (var fixture = new EngineFixture()) {
            List<RecordingGenerationListener> listeners = new ArrayList<>();
            List<Submission.Part> parts = parts(1, listeners);
            var tooLong = new RecordingGenerationListener();
            parts.add(new Submission.Part(request(1, repeat(1, 64)), new RecordingTokenSink(), tooLong));
            assertThat(fixture.engine.submit(parts)).isEqualTo(new Submission.Refused(RefusalReason.TOO_LONG));
            assertThat(listeners.get(0).words()).isEqualTo("ended(REFUSED)");
            assertThat(tooLong.words()).isEqualTo("ended(REFUSED)");
            assertThat(fixture.engine.capacity()).isEqualTo(SETTINGS.slots() + SETTINGS.queueLimit());
        }
    }

    private static List<Submission.Part> parts(int count, List<RecordingGenerationListener> listeners) {
        List<Submission.Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var listener = new RecordingGenerationListener();
            listeners.add(listener);
            parts.add(new Submission.Part(request(2, 10), new RecordingTokenSink(), listener));
        }
        return parts;
    }

    @Test
    void cancelsAWaitingRequest() {
        try (var fixture = new EngineFixture(new EngineSettings(1, 2, 8, 0, 0, 1), runner(ScriptedRunner.counting()))) {
            Gate gate = fixture.runner.holdAt(0);
            Client running = fixture.submit(2, 10);
            gate.awaitReached();
            Client waiting = fixture.submit(2, 20);
            waiting.handle().cancel();
            gate.release();
            assertThat(waiting.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.CANCELLED, new GenerationUsage(0, 0, 0)));
            assertThat(waiting.words()).isEqualTo("queued, ended(CANCELLED)");
            assertThat(running.awaitEnd()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void aCancelAfterTheEndDoesNothing() {
        try (var fixture = new EngineFixture()) {
            Client client = fixture.submit(1, 10);
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            client.handle().cancel();
            assertThat(fixture.submit(1, 10).awaitEnd()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void aSinkMayCancelItsOwnRequest() {
        try (var fixture = new EngineFixture()) {
            var handle = new AtomicReference<Submission.Handle>();
            Gate gate = fixture.runner.holdAt(0);
            var sink = new RecordingTokenSink(token -> {
                handle.get().cancel();
                return true;
            });
            Client client = fixture.submit(request(50, 10), sink);
            handle.set(client.handle());
            gate.release();
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.CANCELLED);
            assertThat(sink.tokens()).hasSize(1);
        }
    }

    @Test
    void endsARunningRequestAtItsDeadline() {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(1);
            Client client = fixture.submit(requestUntil(100, 50, 10), new RecordingTokenSink());
            gate.awaitReached();
            fixture.clock.advance(Duration.ofNanos(100));
            gate.release();
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.TIMED_OUT);
            assertThat(client.words())
                    .isEqualTo("queued, admitted(0), prefillEnded(1), token(11), token(12), ended(TIMED_OUT)");
        }
    }

    @Test
    void aRequestJustBeforeItsDeadlineGoesOn() {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(1);
            Client client = fixture.submit(requestUntil(100, 5, 10), new RecordingTokenSink());
            gate.awaitReached();
            fixture.clock.advance(Duration.ofNanos(99));
            gate.release();
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void endsAWaitingRequestAtItsDeadlineBehindOthers() {
        try (var fixture = new EngineFixture(new EngineSettings(1, 2, 8, 0, 0, 1), runner(ScriptedRunner.counting()))) {
            Gate first = fixture.runner.holdAt(0);
            Gate second = fixture.runner.holdAt(1);
            Client running = fixture.submit(3, 10);
            first.awaitReached();
            Client waiting = fixture.submit(requestUntil(100, 2, 20), new RecordingTokenSink());
            fixture.clock.advance(Duration.ofNanos(100));
            first.release();
            assertThat(waiting.awaitEnd()).isEqualTo(FinishReason.TIMED_OUT);
            assertThat(waiting.words()).isEqualTo("queued, ended(TIMED_OUT)");
            assertThat(running.sink().hasEnded()).isFalse();
            second.release();
        }
    }

    @Test
    void drainingRefusesNewRequestsAndLetsOthersEnd() throws Exception {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            Client client = fixture.submit(3, 10);
            gate.awaitReached();
            CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> fixture.engine.drain(LONG));
            Client late = awaitRefused(fixture);
            assertThat(late.refusal()).isEqualTo(RefusalReason.DRAINING);
            assertThat(late.words()).isEqualTo("ended(REFUSED)");
            assertThat(drained).isNotDone();
            gate.release();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
            // Not only ended but told.
            assertThat(client.sink().hasEnded()).isTrue();
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
        }
    }

    /** Draining begins on another thread: tries until a request is refused. Those taken in before end as others do. */
    private static Client awaitRefused(EngineFixture fixture) {
        return Awaitility.await()
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> fixture.submit(1, 30), EngineLifecycleTest::refusedForDraining);
    }

    private static boolean refusedForDraining(Client client) {
        return client.submission() instanceof Submission.Refused refused && refused.reason() == RefusalReason.DRAINING;
    }

    @Test
    void drainingCancelsWhatIsLeftWhenTheGraceIsOver() throws Exception {
        try (var fixture = new EngineFixture(SETTINGS, runner(ScriptedRunner.next(tokens -> 1)))) {
            Gate gate = fixture.runner.holdAt(0);
            Client running = fixture.submit(60, 10);
            Client second = fixture.submit(60, 20);
            Client waiting = fixture.submit(60, 30);
            gate.awaitReached();
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> fixture.engine.drain(Duration.ZERO));
            awaitRefused(fixture);
            gate.release();
            assertThat(drained.get(20, TimeUnit.SECONDS)).isFalse();
            for (Client client : new Client[] {running, second, waiting}) {
                assertThat(client.sink().hasEnded()).isTrue();
            }
            fixture.requireIdle();
        }
    }

    @Test
    void drainingAnIdleEngineIsImmediate() {
        try (var fixture = new EngineFixture()) {
            assertThat(fixture.engine.drain(Duration.ZERO)).isTrue();
            assertThat(fixture.engine.drain(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
            assertThat(fixture.submit(1, 10).refusal()).isEqualTo(RefusalReason.DRAINING);
        }
    }

    @Test
    void anInterruptEndsTheGrace() throws Exception {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            Client client = fixture.submit(3, 10);
            gate.awaitReached();
            client.handle().cancel();
            var result = new CompletableFuture<String>();
            var drainer = new Thread(() -> {
                Thread.currentThread().interrupt();
                boolean ended = fixture.engine.drain(LONG);
                result.complete(ended + " " + Thread.currentThread().isInterrupted());
            });
            drainer.start();
            awaitRefused(fixture);
            gate.release();
            assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo("false true");
        }
    }

    @Test
    void closingWaitsForTheStepAndCancelsWhatIsLeft() throws Exception {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            Client client = fixture.submit(50, 10);
            gate.awaitReached();
            CompletableFuture<Void> closed = CompletableFuture.runAsync(fixture.engine::close);
            awaitRefused(fixture);
            assertThat(closed).isNotDone();
            gate.release();
            closed.get(20, TimeUnit.SECONDS);
            assertThat(client.sink().hasEnded()).isTrue();
            assertThat(client.words()).isEqualTo("queued, admitted(0), prefillEnded(1), token(11), ended(CANCELLED)");
            assertThat(fixture.submit(1, 10).refusal()).isEqualTo(RefusalReason.DRAINING);
            assertThat(fixture.engine.healthy()).isTrue();
        }
    }

    @Test
    void theEngineThreadCannotWaitForItself() {
        try (var fixture = new EngineFixture()) {
            var message = new CompletableFuture<String>();
            var sink = new RecordingTokenSink(token -> {
                try {
                    fixture.engine.close();
                } catch (IllegalStateException e) {
                    message.complete(e.getMessage());
                }
                return true;
            });
            fixture.submit(request(1, 10), sink).awaitEnd();
            assertThat(message).isCompletedWithValue("the engine thread cannot wait for itself");
        }
    }
}
