package io.vitrine.model.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.vitrine.model.engine.Decision.Reason;
import io.vitrine.model.engine.EngineFixture.Client;
import io.vitrine.model.engine.GeneratedToken.TokenLogprob;
import io.vitrine.model.engine.ScriptedRunner.Script;
import io.vitrine.model.engine.ScriptedRunner.Step;
import io.vitrine.model.engine.StepReport.CacheCounts;
import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.vitrine.model.engine.EngineFixture.END_OF_TEXT;
import static io.vitrine.model.engine.EngineFixture.SETTINGS;
import static io.vitrine.model.engine.EngineFixture.VOCABULARY;
import static io.vitrine.model.engine.EngineFixture.repeat;
import static io.vitrine.model.engine.EngineFixture.request;
import static io.vitrine.model.engine.EngineFixture.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/** Answers, their events, and how steps are put together. */
@Timeout(60)
class EngineTest {

    @Test
    void endsAtTheTokenLimit() {
        try (var fixture = new EngineFixture()) {
            Client client = fixture.submit(3, 10, 11);
            assertThat(client.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.LENGTH, new GenerationUsage(2, 0, 3)));
            assertThat(client.sink().tokenIds()).containsExactly(12, 13, 14);
            assertThat(client.words())
                    .isEqualTo("queued, admitted(0), prefillEnded(2), token(12), token(13), token(14), ended(LENGTH)");
            fixture.requireIdle();
        }
    }

    @Test
    void endsAtTheEndOfTheTextWhichIsCountedButNotHandedOver() {
        try (var fixture = new EngineFixture()) {
            Client client = fixture.submit(10, 96);
            assertThat(client.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.STOP, new GenerationUsage(1, 0, 3)));
            assertThat(client.sink().tokenIds()).containsExactly(97, 98);
            assertThat(client.words())
                    .isEqualTo("queued, admitted(0), prefillEnded(1), token(97), token(98), ended(STOP)");
        }
    }

    @Test
    void anAnswerMayBeEmpty() {
        try (var fixture = new EngineFixture()) {
            Client client = fixture.submit(10, END_OF_TEXT - 1);
            assertThat(client.sink().awaitEnd().usage().generatedTokens()).isEqualTo(1);
            assertThat(client.words()).isEqualTo("queued, admitted(0), prefillEnded(1), ended(STOP)");
        }
    }

    @Test
    void theEndOfTheTextWinsOverTheTokenLimit() {
        try (var fixture = new EngineFixture()) {
            assertThat(fixture.submit(3, 96).awaitEnd()).isEqualTo(FinishReason.STOP);
            assertThat(fixture.submit(2, 96).awaitEnd()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void endsWhenTheSinkHasHeardEnough() {
        try (var fixture = new EngineFixture()) {
            var sink = new RecordingTokenSink(token -> token.index() < 1);
            Client client = fixture.submit(request(2, 10), sink);
            assertThat(client.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.STOP, new GenerationUsage(1, 0, 2)));
            assertThat(client.words())
                    .isEqualTo("queued, admitted(0), prefillEnded(1), token(11), token(12), ended(STOP)");
        }
    }

    @Test
    void endsWhereTheContextEnds() {
        try (var fixture = new EngineFixture(SETTINGS, runner(ScriptedRunner.next(tokens -> tokens.length)))) {
            Client client = fixture.submit(1000, repeat(1, 61));
            assertThat(client.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.LENGTH, new GenerationUsage(61, 0, 3)));
            assertThat(client.sink().tokenIds()).containsExactly(61, 62, 63);
        }
    }

    @Test
    void tellsTheListenerOfATokenBeforeTheSinkGetsIt() {
        try (var fixture = new EngineFixture()) {
            List<String> order = new ArrayList<>();
            var sink = new RecordingTokenSink(token -> order.add("sink " + token.tokenId()));
            var listener = new GenerationListener() {
                @Override
                public void tokenGenerated(int tokenId, long atNanos) {
                    order.add("listener " + tokenId);
                }
            };
            fixture.engine.submit(request(2, 10), sink, listener);
            sink.awaitEnd();
            assertThat(order).containsExactly("listener 11", "sink 11", "listener 12", "sink 12");
        }
    }

    @Test
    void timesComeFromTheClock() {
        try (var fixture = new EngineFixture()) {
            fixture.clock.advance(Duration.ofNanos(5));
            var gate = fixture.runner.holdAt(0);
            Client client = fixture.submit(1, 10);
            gate.awaitReached();
            fixture.clock.advance(Duration.ofNanos(100));
            gate.release();
            client.awaitEnd();
            assertThat(client.listener().events())
                    .containsExactly(
                            new RecordingGenerationListener.Queued(5),
                            new RecordingGenerationListener.Admitted(0, 5),
                            new RecordingGenerationListener.PrefillEnded(1, 105),
                            new RecordingGenerationListener.TokenGenerated(11, 105),
                            new RecordingGenerationListener.Ended(FinishReason.LENGTH, 105));
        }
    }

    @Test
    void requestsJoinAndLeaveBetweenSteps() {
        try (var fixture = new EngineFixture()) {
            var first = fixture.runner.holdAt(0);
            var second = fixture.runner.holdAt(1);
            Client one = fixture.submit(5, 10);
            first.awaitReached();
            Client two = fixture.submit(2, 20);
            Client three = fixture.submit(1, 30);
            first.release();
            second.awaitReached();
            assertThat(fixture.engine.runningCount()).isEqualTo(2);
            assertThat(fixture.engine.waitingCount()).isEqualTo(1);
            second.release();
            for (Client client : List.of(one, two, three)) {
                assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            }
            assertThat(fixture.runner.steps().stream().map(EngineTest::describe))
                    .containsExactly("10@0", "11@1", "12@2 20@0", "13@3 21@1", "14@4 30@0");
            assertThat(three.words()).isEqualTo("queued, admitted(1), prefillEnded(1), token(31), ended(LENGTH)");
        }
    }

    private static String describe(Step step) {
        List<String> spans = new ArrayList<>();
        step.spans().forEach(span -> spans.add(span.tokens()[0] + "@" + span.position()));
        return String.join(" ", spans);
    }

    @Test
    void aLongPromptIsComputedInChunksBesideWhoDecodes() {
        try (var fixture = new EngineFixture()) {
            var gate = fixture.runner.holdAt(0);
            Client decoder = fixture.submit(5, 10);
            gate.awaitReached();
            Client prompter = fixture.submit(1, repeat(20, 19));
            gate.release();
            assertThat(decoder.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(prompter.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            List<String> lengths = fixture.runner.steps().stream()
                    .map(step -> step.spans().stream()
                            .map(span -> span.tokens().length + " " + span.logits())
                            .toList()
                            .toString())
                    .toList();
            assertThat(lengths)
                    .containsExactly(
                            "[1 LAST]", "[1 ALL]", "[1 ALL, 4 NONE]", "[1 ALL, 4 NONE]", "[1 ALL, 4 NONE]", "[7 LAST]");
            assertThat(prompter.words()).isEqualTo("queued, admitted(1), prefillEnded(19), token(21), ended(LENGTH)");
        }
    }

    @Test
    void givesTheSameTokensBatchedAsAlone() {
        Script script = hashed();
        List<GenerationRequest> requests = sampledRequests();
        List<List<Integer>> alone = new ArrayList<>();
        try (var fixture = new EngineFixture(SETTINGS, runner(script))) {
            requests.forEach(
                    request -> alone.add(tokens(fixture, List.of(request)).get(0)));
        }
        assertThat(alone).doesNotHaveDuplicates();
        try (var fixture = new EngineFixture(new EngineSettings(7, 20, 5, 0, 0, 3), runner(script))) {
            assertThat(tokens(fixture, requests)).isEqualTo(alone);
            assertThat(fixture.runner.steps()).anyMatch(step -> step.spans().size() > 2);
        }
    }

    /** Logits that depend on every token so far. */
    private static Script hashed() {
        return (tokens, row) -> {
            int hash = Arrays.hashCode(tokens);
            for (int id = 0; id < row.length; id++) {
                hash = hash * 1_103_515_245 + 12_345;
                row[id] = (hash >>> 16) % 1000 / 200f;
            }
        };
    }

    private static List<GenerationRequest> sampledRequests() {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            var sampling = new SamplingParams(
                    i % 3 == 0 ? 0 : 0.9, i % 2 * 20, i % 5 == 0 ? 0.8 : 1, 0, 1.1, 0.2, 0.1, Map.of(i, 1.0), i);
            requests.add(new GenerationRequest(
                    "r" + i,
                    repeat(i, 1 + 3 * i % 17),
                    4 + i,
                    Set.of(),
                    sampling,
                    2,
                    Long.MAX_VALUE,
                    PriorityClass.NORMAL,
                    ""));
        }
        return requests;
    }

    private static List<List<Integer>> tokens(EngineFixture fixture, List<GenerationRequest> requests) {
        List<Client> clients = requests.stream()
                .map(request -> fixture.submit(request, new RecordingTokenSink()))
                .toList();
        clients.forEach(client -> assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH));
        return clients.stream().map(client -> client.sink().tokenIds()).toList();
    }

    @Test
    void listenersChangeNoAnswer() {
        GenerationRequest request = sampledRequests().get(5);
        Function<GenerationListener, List<Integer>> answer = listener -> {
            try (var fixture = new EngineFixture(SETTINGS, runner(hashed()))) {
                var sink = new RecordingTokenSink();
                fixture.engine.submit(request, sink, listener);
                sink.awaitEnd();
                return sink.tokenIds();
            }
        };
        assertThat(answer.apply(new RecordingGenerationListener())).isEqualTo(answer.apply(GenerationListener.NONE));
    }

    @Test
    void givesLogProbabilitiesOfTheRawLogits() {
        Script script = (tokens, row) -> {
            row[1] = 1;
            row[2] = 3;
            row[3] = 2;
        };
        var banned = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(2, -100.0), 0);
        double sum = Math.exp(1) + Math.exp(3) + Math.exp(2) + VOCABULARY - 3;
        try (var fixture = new EngineFixture(SETTINGS, runner(script))) {
            var sink = new RecordingTokenSink();
            fixture.submit(
                    new GenerationRequest(
                            "r", new int[] {5}, 1, Set.of(), banned, 2, Long.MAX_VALUE, PriorityClass.NORMAL, ""),
                    sink);
            sink.awaitEnd();
            GeneratedToken token = sink.tokens().get(0);
            assertThat(token.tokenId()).isEqualTo(3);
            assertThat((double) token.logprob()).isCloseTo(2 - Math.log(sum), within(1e-6));
            assertThat(token.top()).extracting(TokenLogprob::tokenId).containsExactly(2, 3);
            assertThat((double) token.top().get(0).logprob()).isCloseTo(3 - Math.log(sum), within(1e-6));
        }
    }

    @Test
    void givesNoLogProbabilitiesUnlessAsked() {
        try (var fixture = new EngineFixture()) {
            Client client = fixture.submit(1, 10);
            client.awaitEnd();
            GeneratedToken token = client.sink().tokens().get(0);
            assertThat(token.logprob()).isNaN();
            assertThat(token.top()).isEmpty();
        }
    }

    @Test
    void reportsEveryStep() {
        try (var fixture = new EngineFixture()) {
            var gate = fixture.runner.holdAt(0);
            Client one = fixture.submit(6, 10, 11);
            gate.awaitReached();
            fixture.submit(1, 20);
            fixture.submit(1, 30);
            fixture.clock.advance(Duration.ofNanos(7));
            gate.release();
            one.awaitEnd();
            fixture.engine.close();
            assertThat(fixture.reports).hasSize(6);
            assertThat(fixture.reports.get(0))
                    .isEqualTo(new StepReport(
                            0,
                            0,
                            7,
                            7,
                            0,
                            2,
                            0,
                            0,
                            0,
                            0,
                            0,
                            1,
                            2,
                            1,
                            0,
                            CacheCounts.NONE,
                            List.of(new Decision(Reason.ADMITTED, "r10", 2)),
                            timings()));
            assertThat(fixture.reports.get(1).decisions())
                    .containsExactly(
                            new Decision(Reason.ADMITTED, "r20", 1),
                            new Decision(Reason.WAITS_FOR_SLOT, "r30", 1),
                            new Decision(Reason.PREFILL_CUT_BY_BUDGET, "r20", 0));
            assertThat(fixture.reports.get(5))
                    .isEqualTo(new StepReport(
                            5,
                            7,
                            7,
                            0,
                            0,
                            0,
                            1,
                            1,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            CacheCounts.NONE,
                            List.of(),
                            Optional.empty()));
        }
    }

    private static Optional<StepResult.StepTimings> timings() {
        return Optional.of(new StepResult.StepTimings(1_000, 2_000, 3_000, 4_000, 5_000));
    }

    /** With a clock that goes on by one at each reading, a duration is the number of readings within it. */
    @Test
    void tellsModelAndSamplerTimeApart() {
        var readings = new AtomicLong();
        List<StepReport> reports = new ArrayList<>();
        var sink = new RecordingTokenSink();
        var runner = runner(ScriptedRunner.counting());
        try (var engine = new Engine(runner, SETTINGS, reports::add, readings::getAndIncrement)) {
            engine.submit(request(2, repeat(10, 9)), sink, GenerationListener.NONE);
            sink.awaitEnd();
        }
        assertThat(reports).extracting(StepReport::modelNanos).containsExactly(1L, 1L, 1L);
        assertThat(reports).extracting(StepReport::samplingNanos).containsExactly(0L, 1L, 1L);
        assertThat(reports)
                .allMatch(report ->
                        report.endNanos() - report.startNanos() > report.modelNanos() + report.samplingNanos());
    }

    @Test
    void readsTheClockInsideTheModelOnOneStepInAFew() {
        try (var fixture = new EngineFixture()) {
            fixture.submit(9, 10).awaitEnd();
            assertThat(fixture.runner.steps().stream().map(Step::timed))
                    .containsExactly(true, false, false, false, true, false, false, false, true);
        }
    }

    @Test
    void namesATokenThatIsNotInTheVocabulary() {
        try (var fixture = new EngineFixture()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> fixture.submit(1, 5, 100))
                    .withMessage("prompt token must be in 0 .. 99: 100");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> fixture.submit(1, -1))
                    .withMessage("prompt token must be in 0 .. 99: -1");
            var biased = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(100, 1.0), 0);
            var request = new GenerationRequest(
                    "r", new int[] {1}, 1, Set.of(), biased, -1, Long.MAX_VALUE, PriorityClass.NORMAL, "");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> fixture.submit(request, new RecordingTokenSink()))
                    .withMessage("logitBias token must be in 0 .. 99: 100");
        }
    }
}
