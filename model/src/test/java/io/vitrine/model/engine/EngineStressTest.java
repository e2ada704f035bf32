package io.vitrine.model.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.vitrine.model.engine.EngineFixture.Client;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.model.engine.EngineFixture.repeat;
import static io.vitrine.model.engine.EngineFixture.request;
import static io.vitrine.model.engine.EngineFixture.runner;
import static org.assertj.core.api.Assertions.assertThat;

/** Many threads at once. The fixture checks at the end that every request ended once and in order, and that all is free. */
@Timeout(120)
class EngineStressTest {

    private static final int SUBMITTERS = 6;
    private static final int REQUESTS_EACH = 250;
    private static final EngineSettings SETTINGS = new EngineSettings(4, 6, 16, 0, Long.MAX_VALUE, 8);

    private final AtomicInteger accepted = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void everyRequestEndsOnceWhateverComesAtOnce(int layers) throws Exception {
        var runner = runner(ScriptedRunner.next(tokens -> tokens.length)).inLayers(layers);
        try (var fixture = new EngineFixture(SETTINGS, runner)) {
            List<CompletableFuture<Void>> submitters = new ArrayList<>();
            for (int seed = 0; seed < SUBMITTERS; seed++) {
                var random = new SplittableRandom(seed);
                submitters.add(onThread(() -> submitAndCancel(fixture, random)));
            }
            for (CompletableFuture<Void> submitter : submitters) {
                submitter.get(60, TimeUnit.SECONDS);
            }
            assertThat(fixture.engine.drain(Duration.ofSeconds(60))).isTrue();
            fixture.requireIdle();
            // The last step's report comes after its last end.
            fixture.engine.close();
            assertThat(accepted).hasValueGreaterThan(SUBMITTERS * REQUESTS_EACH / 10);
            assertThat(fixture.runner.steps()).allMatch(step -> step.spans().size() <= SETTINGS.slots());
            assertThat(fixture.reports)
                    .allMatch(report -> report.runningCount() <= SETTINGS.slots())
                    .allMatch(report -> report.prefillTokens() <= SETTINGS.prefillChunk());
            assertThat(fixture.engine.failure()).isEmpty();
        }
    }

    private static CompletableFuture<Void> onThread(Runnable work) {
        var done = new CompletableFuture<Void>();
        var thread = new Thread(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable failure) {
                done.completeExceptionally(failure);
            }
        });
        thread.start();
        return done;
    }

    private void submitAndCancel(EngineFixture fixture, SplittableRandom random) {
        Deque<Client> open = new ArrayDeque<>();
        for (int i = 0; i < REQUESTS_EACH; i++) {
            submit(fixture, random, open);
            if (random.nextInt(3) == 0 && !open.isEmpty()) {
                open.getLast().handle().cancel();
            }
            if (open.size() > 1) {
                open.removeFirst().awaitEnd();
            }
        }
    }

    private void submit(EngineFixture fixture, SplittableRandom random, Deque<Client> open) {
        int[] prompt = repeat(random.nextInt(90), 1 + random.nextInt(40));
        var sink = new RecordingTokenSink(token -> token.index() < 12);
        Client client = fixture.submit(request(1 + random.nextInt(20), prompt), sink);
        if (client.submission() instanceof Submission.Accepted) {
            accepted.incrementAndGet();
            open.add(client);
        } else {
            assertThat(client.refusal()).isEqualTo(RefusalReason.QUEUE_FULL);
        }
    }
}
