package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import io.vitrine.model.engine.Submission.Accepted;
import io.vitrine.model.engine.Submission.Handle;
import io.vitrine.model.engine.Submission.Refused;
import io.vitrine.model.sampling.SamplingParams;

import static org.assertj.core.api.Assertions.assertThat;

/** An engine on a scripted runner, and everything it says. Closing it checks what must hold after any test. */
final class EngineFixture implements AutoCloseable {

    static final int VOCABULARY = 100;
    static final int END_OF_TEXT = 99;
    static final EngineSettings SETTINGS = new EngineSettings(2, 2, 8, 0, 0, 4);

    /** A request that was submitted, whatever became of it. */
    record Client(Submission submission, RecordingTokenSink sink, RecordingGenerationListener listener) {

        Handle handle() {
            return ((Accepted) submission).handle();
        }

        RefusalReason refusal() {
            return ((Refused) submission).reason();
        }

        FinishReason awaitEnd() {
            return sink.awaitEnd().reason();
        }

        String words() {
            return listener.words();
        }
    }

    final ScriptedRunner runner;
    final FakeClock clock = new FakeClock();
    final List<StepReport> reports = Collections.synchronizedList(new ArrayList<>());
    final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    final Engine engine;
    private final List<Client> clients = Collections.synchronizedList(new ArrayList<>());

    EngineFixture() {
        this(SETTINGS, runner(ScriptedRunner.counting()));
    }

    EngineFixture(EngineSettings settings, ScriptedRunner runner) {
        this.runner = runner;
        engine = new Engine(runner, settings, new Listener(), clock);
    }

    static ScriptedRunner runner(ScriptedRunner.Script script) {
        return new ScriptedRunner(VOCABULARY, 64, 4, 32, script);
    }

    private final class Listener implements EngineListener {
        @Override
        public void stepEnded(StepReport report) {
            reports.add(report);
        }

        @Override
        public void requestFailed(String requestId, Throwable cause) {
            failures.add("request " + requestId + ": " + cause.getMessage());
        }

        @Override
        public void stepFailed(ModelRunnerException cause) {
            failures.add("step: " + cause.getMessage());
        }

        @Override
        public void stopped(Throwable cause) {
            failures.add("stopped: " + cause.getMessage());
        }
    }

    Client submit(int maxTokens, int... prompt) {
        return submit(request(maxTokens, prompt), new RecordingTokenSink());
    }

    Client submit(GenerationRequest request, RecordingTokenSink sink) {
        var listener = new RecordingGenerationListener();
        var client = new Client(engine.submit(request, sink, listener), sink, listener);
        clients.add(client);
        return client;
    }

    static GenerationRequest request(int maxTokens, int... prompt) {
        return requestUntil(Long.MAX_VALUE, maxTokens, prompt);
    }

    static GenerationRequest requestUntil(long deadlineNanos, int maxTokens, int... prompt) {
        return new GenerationRequest(
                "r" + prompt[0],
                prompt,
                maxTokens,
                Set.of(END_OF_TEXT),
                SamplingParams.GREEDY,
                -1,
                deadlineNanos,
                PriorityClass.NORMAL,
                "");
    }

    /** A prompt of one token, repeated. */
    static int[] repeat(int token, int count) {
        int[] prompt = new int[count];
        Arrays.fill(prompt, token);
        return prompt;
    }

    void requireIdle() {
        assertThat(engine.runningCount()).isZero();
        assertThat(engine.waitingCount()).isZero();
        assertThat(engine.kvPagesUsed()).isZero();
    }

    @Override
    public void close() {
        engine.close();
        requireIdle();
        runner.requireNoViolation();
        assertThat(engine.listenerFailures()).isZero();
        for (Client client : List.copyOf(clients)) {
            client.listener().requireComplete();
            if (client.submission() instanceof Accepted) {
                client.sink().awaitEnd();
            }
        }
    }
}
