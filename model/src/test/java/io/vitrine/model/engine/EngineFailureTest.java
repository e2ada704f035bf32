package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.vitrine.model.engine.EngineFixture.Client;
import io.vitrine.model.engine.ScriptedRunner.Gate;
import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.model.engine.EngineFixture.SETTINGS;
import static io.vitrine.model.engine.EngineFixture.request;
import static io.vitrine.model.engine.EngineFixture.runner;
import static org.assertj.core.api.Assertions.assertThat;

/** What ends one request, what ends a step's, and what ends the engine. */
@Timeout(60)
class EngineFailureTest {

    @Test
    void aFailedStepEndsItsRequestsAndTheEngineGoesOn() {
        try (var fixture =
                new EngineFixture(SETTINGS, runner(ScriptedRunner.counting()).failAt(2))) {
            Gate gate = fixture.runner.holdAt(0);
            Client decoding = fixture.submit(5, 10);
            gate.awaitReached();
            Client prompting = fixture.submit(5, 20);
            Client waiting = fixture.submit(2, 30);
            gate.release();
            assertThat(decoding.awaitEnd()).isEqualTo(FinishReason.FAILED);
            // Step 1 leaves the prompt waiting, to learn how long one takes that only decodes.
            assertThat(decoding.words())
                    .isEqualTo("queued, admitted(0), prefillEnded(1), token(11), token(12), ended(FAILED)");
            assertThat(prompting.awaitEnd()).isEqualTo(FinishReason.FAILED);
            assertThat(prompting.words()).isEqualTo("queued, admitted(1), ended(FAILED)");
            assertThat(waiting.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(fixture.failures).containsExactly("step: step 2 fails by script");
            assertThat(fixture.engine.healthy()).isTrue();
            assertThat(fixture.engine.failure()).isEmpty();
        }
    }

    @Test
    void failedStepsThatAreNotInARowDoNotStopTheEngine() {
        var runner =
                runner(ScriptedRunner.counting()).failAt(0).failAt(1).failAt(3).failAt(4);
        try (var fixture = new EngineFixture(SETTINGS, runner)) {
            for (int i = 0; i < 6; i++) {
                assertThat(fixture.submit(1, 10).awaitEnd())
                        .isEqualTo(i % 3 == 2 ? FinishReason.LENGTH : FinishReason.FAILED);
            }
            assertThat(fixture.engine.healthy()).isTrue();
        }
    }

    @Test
    void threeFailedStepsInARowStopTheEngine() {
        var runner = runner(ScriptedRunner.counting()).failAt(0).failAt(1).failAt(2);
        try (var fixture = new EngineFixture(SETTINGS, runner)) {
            for (int i = 0; i < 3; i++) {
                assertThat(fixture.submit(1, 10).awaitEnd()).isEqualTo(FinishReason.FAILED);
            }
            // The third request was told its end before the engine stopped.
            fixture.engine.close();
            assertThat(fixture.engine.healthy()).isFalse();
            assertThat(fixture.engine.failure().orElseThrow()).hasMessage("step 2 fails by script");
            assertThat(fixture.failures).last().isEqualTo("stopped: step 2 fails by script");
            assertThat(fixture.submit(1, 10).refusal()).isEqualTo(RefusalReason.ENGINE_FAILED);
        }
    }

    @Test
    void anythingElseTheModelThrowsStopsTheEngineAndEndsEveryone() {
        for (Throwable failure : new Throwable[] {new IllegalStateException("broken"), new AssertionError("broken")}) {
            try (var fixture = new EngineFixture(
                    SETTINGS, runner(ScriptedRunner.counting()).throwAt(1, failure))) {
                Gate gate = fixture.runner.holdAt(1);
                Client one = fixture.submit(5, 10);
                gate.awaitReached();
                Client two = fixture.submit(5, 20);
                Client three = fixture.submit(5, 30);
                Client four = fixture.submit(5, 40);
                gate.release();
                assertThat(one.awaitEnd()).isEqualTo(FinishReason.FAILED);
                assertThat(one.words()).isEqualTo("queued, admitted(0), prefillEnded(1), token(11), ended(FAILED)");
                for (Client client : new Client[] {two, three, four}) {
                    assertThat(client.awaitEnd()).isEqualTo(FinishReason.FAILED);
                    assertThat(client.words()).isEqualTo("queued, ended(FAILED)");
                }
                assertThat(fixture.engine.healthy()).isFalse();
                assertThat(fixture.engine.failure()).containsSame(failure);
                assertThat(fixture.failures).containsExactly("stopped: broken");
                Client late = fixture.submit(1, 50);
                assertThat(late.refusal()).isEqualTo(RefusalReason.ENGINE_FAILED);
                assertThat(late.words()).isEqualTo("ended(REFUSED)");
                fixture.engine.close();
                assertThat(fixture.submit(1, 50).refusal()).isEqualTo(RefusalReason.ENGINE_FAILED);
            }
        }
    }

    @Test
    void tooFewLogitsStopTheEngine() {
        var scripted = runner(ScriptedRunner.counting());
        var runner = new ModelRunner() {
            @Override
            public int vocabularySize() {
                return scripted.vocabularySize();
            }

            @Override
            public int layerCount() {
                return scripted.layerCount();
            }

            @Override
            public int contextLength() {
                return scripted.contextLength();
            }

            @Override
            public int pagePositions() {
                return scripted.pagePositions();
            }

            @Override
            public int pageCount() {
                return scripted.pageCount();
            }

            @Override
            public long pageBytes() {
                return scripted.pageBytes();
            }

            @Override
            public StepResult run(StepPlan plan, boolean timed) {
                return new StepResult(FloatBuffer.allocate(99), Optional.empty());
            }

            @Override
            public void copyPage(int source, int target, int positions) {}

            @Override
            public void close() {}
        };
        try (var engine = new Engine(runner, SETTINGS, EngineListener.NONE, new FakeClock())) {
            var sink = new RecordingTokenSink();
            engine.submit(request(1, 10), sink, GenerationListener.NONE);
            assertThat(sink.awaitEnd().reason()).isEqualTo(FinishReason.FAILED);
            assertThat(engine.failure().orElseThrow()).hasMessage("the model gave 99 logits for 1 rows of 100");
        }
    }

    @Test
    void aRowThatCannotBeSampledFailsItsRequestOnly() {
        var script = ScriptedRunner.counting();
        try (var fixture = new EngineFixture(SETTINGS, runner((tokens, row) -> {
            script.logits(tokens, row);
            if (tokens[0] == 10 && tokens.length == 3) {
                row[7] = Float.NaN;
            }
        }))) {
            Gate gate = fixture.runner.holdAt(0);
            Client broken = fixture.submit(5, 10);
            Client well = fixture.submit(5, 20);
            gate.release();
            assertThat(broken.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.UNUSABLE_LOGITS, new GenerationUsage(1, 0, 2)));
            assertThat(broken.words())
                    .isEqualTo("queued, admitted(0), prefillEnded(1), token(11), token(12), ended(UNUSABLE_LOGITS)");
            assertThat(well.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(fixture.failures).containsExactly("request r10: logit of token 7 is NaN");
            assertThat(fixture.engine.healthy()).isTrue();
        }
    }

    @Test
    void aSinkThatThrowsFailsItsRequestOnly() {
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            var sink = new RecordingTokenSink(token -> {
                throw new IllegalStateException("sink");
            });
            Client broken = fixture.submit(request(5, 10), sink);
            Client well = fixture.submit(5, 20);
            gate.release();
            assertThat(broken.awaitEnd()).isEqualTo(FinishReason.FAILED);
            assertThat(broken.words()).isEqualTo("queued, admitted(0), prefillEnded(1), token(11), ended(FAILED)");
            assertThat(well.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(fixture.failures).containsExactly("request r10: sink");
        }
    }

    @Test
    void aSinkThatThrowsAtTheEndIsReported() {
        try (var fixture = new EngineFixture()) {
            var sink = new TokenSink() {
                @Override
                public boolean token(GeneratedToken token) {
                    return true;
                }

                @Override
                public void ended(FinishReason reason, GenerationUsage usage) {
                    throw new IllegalStateException("sink's end");
                }
            };
            var listener = new RecordingGenerationListener();
            fixture.engine.submit(request(1, 10), sink, listener);
            assertThat(fixture.submit(1, 20).awaitEnd()).isEqualTo(FinishReason.LENGTH);
            listener.requireComplete();
            assertThat(listener.words()).endsWith("ended(LENGTH)");
            assertThat(fixture.failures).containsExactly("request r10: sink's end");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {StackOverflowError.class, AssertionError.class, IllegalStateException.class})
    void drainsThoughASinkThrowsAtTheEnd(Class<? extends Throwable> kind) throws Exception {
        Throwable failure = kind.getDeclaredConstructor().newInstance();
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            var throwing = new TokenSink() {
                @Override
                public boolean token(GeneratedToken token) {
                    return true;
                }

                @Override
                public void ended(FinishReason reason, GenerationUsage usage) {
                    throw sneaky(failure);
                }
            };
            fixture.engine.submit(request(2, 10), throwing, GenerationListener.NONE);
            Client well = fixture.submit(5, 20);
            fixture.engine.submit(request(40, 30), throwing, GenerationListener.NONE);
            gate.release();
            assertThat(fixture.engine.drain(Duration.ofSeconds(20))).isTrue();
            assertThat(well.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(fixture.engine.healthy()).isTrue();
            assertThat(fixture.failures).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {StackOverflowError.class, AssertionError.class})
    void anErrorOfASinkFailsItsRequestOnly(Class<? extends Error> kind) throws Exception {
        Error failure = kind.getDeclaredConstructor().newInstance();
        try (var fixture = new EngineFixture()) {
            Gate gate = fixture.runner.holdAt(0);
            Client broken = fixture.submit(request(5, 10), new RecordingTokenSink(token -> {
                throw failure;
            }));
            Client well = fixture.submit(5, 20);
            gate.release();
            assertThat(broken.awaitEnd()).isEqualTo(FinishReason.FAILED);
            assertThat(well.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(fixture.engine.healthy()).isTrue();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    /** A request without a class cannot be put in order among others that wait. */
    @Test
    @SuppressWarnings("NullAway")
    void aFailedEnqueueEndsEveryArrival() {
        try (var fixture = new EngineFixture(new EngineSettings(1, 5, 8, 0, 0, 4), runner(ScriptedRunner.counting()))) {
            Gate gate = fixture.runner.holdAt(1);
            List<Client> clients = new ArrayList<>(List.of(fixture.submit(9, 10), fixture.submit(9, 20)));
            gate.awaitReached();
            var broken = new GenerationRequest(
                    "broken", new int[] {5}, 3, Set.of(), SamplingParams.GREEDY, -1, Long.MAX_VALUE, null, "");
            clients.add(fixture.submit(9, 30));
            clients.add(fixture.submit(broken, new RecordingTokenSink()));
            clients.add(fixture.submit(9, 40));
            gate.release();
            assertThat(clients).allMatch(client -> client.awaitEnd() == FinishReason.FAILED);
            assertThat(fixture.engine.drain(Duration.ofSeconds(20))).isTrue();
            assertThat(fixture.engine.healthy()).isFalse();
        }
    }

    /** Not by the fixture: that one wants no listener to fail. */
    @Test
    void countsListenersThatThrowAndLetsThemDisturbNothing() {
        EngineListener throwing = report -> {
            throw new IllegalStateException("report");
        };
        var runner = runner(ScriptedRunner.counting());
        var engine = new Engine(runner, SETTINGS, throwing, new FakeClock());
        try (engine) {
            var sink = new RecordingTokenSink();
            engine.submit(request(2, 10), sink, new ThrowingListener());
            assertThat(sink.awaitEnd().reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(sink.tokenIds()).containsExactly(11, 12);
            engine.submit(request(64, EngineFixture.repeat(1, 64)), sink, new ThrowingListener());
        }
        // queued, admitted, prefillEnded, two tokens, ended; a refusal; two step reports.
        assertThat(engine.listenerFailures()).isEqualTo(9);
        assertThat(engine.healthy()).isTrue();
    }

    private static final class ThrowingListener implements GenerationListener {
        @Override
        public void queued(long atNanos) {
            throw new IllegalStateException("queued");
        }

        @Override
        public void admitted(int slot, long atNanos) {
            throw new IllegalStateException("admitted");
        }

        @Override
        public void prefillEnded(int promptTokens, long atNanos) {
            throw new IllegalStateException("prefillEnded");
        }

        @Override
        public void tokenGenerated(int tokenId, long atNanos) {
            throw new AssertionError("tokenGenerated");
        }

        @Override
        public void ended(FinishReason reason, long atNanos) {
            throw new IllegalStateException("ended");
        }
    }
}
