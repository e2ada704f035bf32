package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

import io.vitrine.model.engine.EngineFixture.Client;
import io.vitrine.model.engine.ScriptedRunner.Gate;
import io.vitrine.model.engine.ScriptedRunner.Script;
import io.vitrine.model.engine.Submission.Handle;
import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.vitrine.model.engine.EngineFixture.repeat;
import static io.vitrine.model.engine.EngineFixture.request;
import static io.vitrine.model.engine.EngineFixture.runner;
import static org.assertj.core.api.Assertions.assertThat;

/** KV pages as requests see them: shared with others, given up, computed again, and no answer the worse for it. */
@Timeout(120)
class EnginePagesTest {

    private static final long ALL = Long.MAX_VALUE;
    private static final EngineSettings CACHING = new EngineSettings(2, 8, 8, 0, ALL, 4);

    @Test
    void aSecondRequestReadsThePromptOfTheFirst() {
        try (var fixture = new EngineFixture(CACHING, runner(ScriptedRunner.counting()))) {
            assertThat(cachedTokens(fixture.submit(1, repeat(5, 13)))).isZero();
            Client second = fixture.submit(1, repeat(5, 13));
            assertThat(cachedTokens(second)).isEqualTo(12);
            assertThat(second.words())
                    .isEqualTo("queued, admitted(0), prefixCacheHit(12), prefillEnded(13), token(6), ended(LENGTH)");
            assertThat(fixture.engine.kvPagesUsed()).isZero();
            assertThat(fixture.engine.kvPagesCached()).isEqualTo(3);
            fixture.engine.close();
            assertThat(fixture.reports)
                    .extracting(StepReport::cacheCounts)
                    .containsExactly(
                            new StepReport.CacheCounts(0, 2, 0),
                            new StepReport.CacheCounts(0, 1, 0),
                            new StepReport.CacheCounts(3, 0, 0));
            assertThat(fixture.reports).extracting(StepReport::kvPagesCached).containsExactly(2, 3, 3);
            assertThat(fixture.runner.steps())
                    .last()
                    .matches(step -> step.spans().get(0).position() == 12);
        }
    }

    @Test
    void aPromptWithAnotherSaltIsComputedAgain() {
        try (var fixture = new EngineFixture(CACHING, runner(ScriptedRunner.counting()))) {
            for (String salt : new String[] {"one", "two", ""}) {
                assertThat(cachedTokens(fixture.submit(salted(salt), new RecordingTokenSink())))
                        .isZero();
                assertThat(cachedTokens(fixture.submit(salted(salt), new RecordingTokenSink())))
                        .isEqualTo(12);
            }
        }
    }

    /** Shorter than a page, and longer; with a cache and without. */
    @Test
    void choicesOfOnePromptComputeItOnce() {
        for (long cacheBytes : new long[] {0, ALL}) {
            for (int length : new int[] {3, 11}) {
                var settings = new EngineSettings(4, 8, 8, 0, cacheBytes, 4);
                try (var fixture = new EngineFixture(settings, runner(bitwise()))) {
                    Gate gate = fixture.runner.holdAt(0);
                    fixture.submit(1, 90);
                    gate.awaitReached();
                    List<Client> choices = new ArrayList<>();
                    for (int i = 0; i < 4; i++) {
                        choices.add(fixture.submit(9, repeat(5, length)));
                    }
                    gate.release();
                    choices.forEach(Client::awaitEnd);
                    assertThat(choices)
                            .extracting(client -> client.sink().tokens())
                            .containsOnly(choices.get(0).sink().tokens());
                    assertThat(choices)
                            .extracting(EnginePagesTest::cachedTokens)
                            .containsExactly(0, length - 1, length - 1, length - 1);
                    fixture.engine.close();
                    assertThat(fixture.reports.stream()
                                    .mapToInt(StepReport::prefillTokens)
                                    .sum())
                            .isEqualTo(1 + length + 3);
                }
            }
        }
    }

    private static GenerationRequest salted(String salt) {
        return new GenerationRequest(
                "r", repeat(5, 13), 1, Set.of(), SamplingParams.GREEDY, -1, Long.MAX_VALUE, PriorityClass.NORMAL, salt);
    }

    @Test
    void theAnswerOfARequestIsNotCached() {
        try (var fixture = new EngineFixture(CACHING, runner(ScriptedRunner.counting()))) {
            Client first = fixture.submit(20, 1, 2, 3, 4, 5);
            first.awaitEnd();
            List<Integer> conversation = new ArrayList<>(List.of(1, 2, 3, 4, 5));
            conversation.addAll(first.sink().tokenIds());
            int[] prompt = conversation.stream().mapToInt(Integer::intValue).toArray();
            assertThat(cachedTokens(fixture.submit(1, prompt))).isEqualTo(4);
            assertThat(cachedTokens(fixture.submit(1, prompt))).isEqualTo(24);
        }
    }

    @Test
    void nothingOfAFailedStepIsCached() {
        try (var fixture =
                new EngineFixture(CACHING, runner(ScriptedRunner.counting()).failAt(1))) {
            assertThat(fixture.submit(1, repeat(5, 20)).awaitEnd()).isEqualTo(FinishReason.FAILED);
            // The first step's 8 tokens are there, those of the second are not.
            assertThat(fixture.engine.kvPagesCached()).isEqualTo(2);
            assertThat(cachedTokens(fixture.submit(1, repeat(5, 20)))).isEqualTo(8);
        }
    }

    @Test
    void aPreemptedRequestIsComputedAgainAndTellsNothingTwice() {
        // 8 pages of 4: each request may need 7 of them in the end.
        try (var fixture = new EngineFixture(
                new EngineSettings(2, 2, 8, 0, 0, 4), new ScriptedRunner(100, 64, 4, 8, ScriptedRunner.counting()))) {
            Gate gate = fixture.runner.holdAt(0);
            Client old = fixture.submit(24, 10, 11, 12);
            Client young = fixture.submit(24, 50, 51, 52);
            gate.release();
            assertThat(old.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(young.sink().awaitEnd())
                    .isEqualTo(new RecordingTokenSink.End(FinishReason.LENGTH, new GenerationUsage(3, 0, 24)));
            assertThat(old.words()).doesNotContain("preempted");
            assertThat(young.words())
                    .startsWith("queued, admitted(1), prefillEnded(3), token(53)")
                    .containsOnlyOnce("preempted, resumed(0)")
                    .endsWith("token(76), ended(LENGTH)");
            assertThat(young.sink().tokenIds()).containsExactlyElementsOf(counting(53, 24));
            fixture.engine.close();
            assertThat(fixture.reports.stream().mapToInt(StepReport::preemptionCount))
                    .containsOnlyOnce(1);
            int replayed = fixture.reports.stream()
                    .mapToInt(StepReport::replayedTokens)
                    .sum();
            long known = young.listener().events().stream()
                    .takeWhile(event -> !(event instanceof RecordingGenerationListener.Preempted))
                    .filter(event -> event instanceof RecordingGenerationListener.TokenGenerated)
                    .count();
            assertThat(replayed).isEqualTo((int) known - 1).isPositive();
        }
    }

    @Test
    void aPreemptedRequestCanBeCancelled() {
        try (var fixture = new EngineFixture(
                new EngineSettings(2, 2, 8, 0, 0, 4), new ScriptedRunner(100, 64, 4, 8, ScriptedRunner.counting()))) {
            Gate gate = fixture.runner.holdAt(0);
            var handle = new CompletableFuture<Handle>();
            // The older one's last token finds the younger one waiting.
            Client old = fixture.submit(request(24, 10, 11, 12), new RecordingTokenSink(token -> {
                if (token.index() == 22) {
                    handle.join().cancel();
                }
                return true;
            }));
            Client young = fixture.submit(24, 50, 51, 52);
            handle.complete(young.handle());
            gate.release();
            assertThat(old.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(young.awaitEnd()).isEqualTo(FinishReason.CANCELLED);
            assertThat(young.words()).endsWith("preempted, ended(CANCELLED)");
        }
    }

    private static List<Integer> counting(int from, int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(from + i);
        }
        return numbers;
    }

    private static int cachedTokens(Client client) {
        return client.sink().awaitEnd().usage().cachedTokens();
    }

    /** One way to run a set of requests. */
    private record Setting(int slots, int chunk, int draftTokens, int pageCount, long cacheBytes) {}

    /**
     * Logits that depend on every token so far, and on whether it was computed as a prompt or as an answer is. They often want what
     * stood a few tokens before, so that guessing pays.
     */
    private static Script bitwise() {
        return new Script() {
            @Override
            public void logits(int[] tokens, float[] row) {
                throw new AssertionError("the phases are needed");
            }

            @Override
            public void logits(int[] tokens, boolean[] decoded, float[] row) {
                int hash = 31 * Arrays.hashCode(tokens) + Arrays.hashCode(decoded);
                for (int id = 0; id < row.length; id++) {
                    hash = hash * 1_103_515_245 + 12_345;
                    row[id] = (hash >>> 16) % 1000 / 200f;
                }
                if (tokens.length >= 4 && hash % 3 != 0) {
                    row[tokens[tokens.length - 4]] += ScriptedRunner.WANTED;
                }
            }
        };
    }

    @Test
    void theAnswersAreTheSameWhateverIsSharedGuessedOrComputedAgain() {
        int preemptions = 0;
        int hits = 0;
        int evictions = 0;
        int accepted = 0;
        int rejected = 0;
        for (int seed = 0; seed < 25; seed++) {
            var random = new SplittableRandom(seed);
            List<GenerationRequest> requests = requests(random);
            List<List<GeneratedToken>> expected = run(requests, new Setting(1, 64, 0, 1000, 0), new ArrayList<>());
            for (int variant = 0; variant < 4; variant++) {
                var setting = new Setting(
                        1 + random.nextInt(8),
                        1 + random.nextInt(30),
                        random.nextInt(6),
                        16 + random.nextInt(12),
                        random.nextBoolean() ? ALL : random.nextInt(20) * 1024L);
                List<StepReport> reports = new ArrayList<>();
                assertThat(run(requests, setting, reports))
                        .as("seed %d, %s", seed, setting)
                        .isEqualTo(expected);
                accepted +=
                        reports.stream().mapToInt(StepReport::acceptedTokens).sum();
                rejected += reports.stream()
                        .mapToInt(report -> report.draftedTokens() - report.acceptedTokens())
                        .sum();
                preemptions +=
                        reports.stream().mapToInt(StepReport::preemptionCount).sum();
                hits += reports.stream()
                        .mapToInt(report -> report.cacheCounts().hitPages())
                        .sum();
                evictions += reports.stream()
                        .mapToInt(report -> report.cacheCounts().evictedPages())
                        .sum();
            }
        }
        assertThat(accepted).isGreaterThan(500);
        assertThat(rejected).isGreaterThan(500);
        assertThat(preemptions).isGreaterThan(100);
        assertThat(hits).isGreaterThan(500);
        assertThat(evictions).isGreaterThan(500);
    }

    /** Prompts that begin alike, of all classes and two salts; each fits into 16 pages of 4. */
    private static List<GenerationRequest> requests(SplittableRandom random) {
        List<PriorityClass> classes = List.of(PriorityClass.values());
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int[] prompt = repeat(random.nextInt(2), 1 + random.nextInt(30));
            if (random.nextInt(3) == 0) {
                prompt[prompt.length - 1] = 7;
            }
            var sampling = new SamplingParams(
                    random.nextInt(2), 0, 1, 0, 1 + random.nextInt(2) * 0.1, 0.2, 0, Map.of(), random.nextLong());
            requests.add(new GenerationRequest(
                    "r" + i,
                    prompt,
                    1 + random.nextInt(30),
                    Set.of(),
                    sampling,
                    1,
                    Long.MAX_VALUE,
                    classes.get(random.nextInt(3)),
                    "s" + random.nextInt(2)));
        }
        return requests;
    }

    private static List<List<GeneratedToken>> run(
            List<GenerationRequest> requests, Setting setting, List<StepReport> reports) {
        var settings = new EngineSettings(
                setting.slots(), requests.size(), setting.chunk(), setting.draftTokens(), setting.cacheBytes(), 4);
        var runner = new ScriptedRunner(EngineFixture.VOCABULARY, 64, 4, setting.pageCount(), bitwise());
        try (var fixture = new EngineFixture(settings, runner)) {
            Gate gate = runner.holdAt(0);
            List<Client> clients = requests.stream()
                    .map(request -> fixture.submit(request, new RecordingTokenSink()))
                    .toList();
            gate.release();
            List<List<GeneratedToken>> answers = new ArrayList<>();
            for (Client client : clients) {
                assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
                answers.add(client.sink().tokens());
            }
            fixture.engine.close();
            requireLimits(fixture.reports, setting);
            requireUsage(clients, requests);
            reports.addAll(fixture.reports);
            return answers;
        }
    }

    private static void requireLimits(List<StepReport> reports, Setting setting) {
        assertThat(reports).allSatisfy(report -> {
            assertThat(report.runningCount()).isLessThanOrEqualTo(setting.slots());
            assertThat(report.prefillTokens()).isLessThanOrEqualTo(setting.chunk());
            assertThat(report.kvPagesUsed()).isLessThanOrEqualTo(setting.pageCount());
            assertThat(report.kvPagesCached() * 1024L).isLessThanOrEqualTo(setting.cacheBytes());
        });
        StepReport last = reports.get(reports.size() - 1);
        assertThat(last.kvPagesUsed()).isZero();
        assertThat(last.runningCount() + last.waitingCount()).isZero();
    }

    /** What the listeners heard is what the usage says, and the last token of a prompt is always computed. */
    private static void requireUsage(List<Client> clients, List<GenerationRequest> requests) {
        for (int i = 0; i < clients.size(); i++) {
            GenerationUsage usage = clients.get(i).sink().awaitEnd().usage();
            int told = clients.get(i).listener().events().stream()
                    .mapToInt(event ->
                            event instanceof RecordingGenerationListener.PrefixCacheHit hit ? hit.cachedTokens() : 0)
                    .sum();
            assertThat(usage.cachedTokens())
                    .isEqualTo(told)
                    .isLessThan(requests.get(i).promptLength());
            assertThat(usage.generatedTokens()).isEqualTo(requests.get(i).maxTokens());
        }
    }

    /** Cancels come from sinks, at any token; fixture and reports say that everything is free in the end. */
    @Test
    void cancelsAtAnyPointFreeEverything() {
        for (int seed = 0; seed < 25; seed++) {
            var random = new SplittableRandom(seed);
            var settings = new EngineSettings(4, 20, 8, random.nextInt(6), random.nextInt(2) * ALL, 4);
            var runner = new ScriptedRunner(EngineFixture.VOCABULARY, 64, 4, 18, bitwise());
            try (var fixture = new EngineFixture(settings, runner)) {
                Gate gate = fixture.runner.holdAt(0);
                List<Client> clients = new ArrayList<>();
                List<CompletableFuture<Handle>> victims = new ArrayList<>();
                for (GenerationRequest request : requests(random)) {
                    var victim = new CompletableFuture<Handle>();
                    int when = random.nextInt(6);
                    victims.add(victim);
                    clients.add(fixture.submit(request, new RecordingTokenSink(token -> {
                        if (token.index() == when) {
                            victim.join().cancel();
                        }
                        return true;
                    })));
                }
                victims.forEach(victim -> victim.complete(
                        clients.get(random.nextInt(clients.size())).handle()));
                gate.release();
                clients.forEach(
                        client -> assertThat(client.awaitEnd()).isIn(FinishReason.LENGTH, FinishReason.CANCELLED));
                fixture.requireIdle();
                assertThat(fixture.engine.failure()).isEmpty();
            }
        }
    }
}
