package io.vitrine.observability.metrics;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.StepReport;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.LogSettings;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What telemetry costs on the threads that it watches, in nanoseconds and bytes. Not part of the tests, since a machine with
 * other work would decide; run it alone: {@code mvn -pl model,gpu,observability -Dtest=ListenerCostBenchmark
 * -Dsurefire.failIfNoSpecifiedTests=false test}. It takes about two minutes and fails where a cost is over its budget.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ListenerCostBenchmark {

    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final long STEP_NANOS = 1_000_000;

    @Param({"on", "off"})
    public String telemetry = "";

    private Telemetry watched = Telemetry.off();
    private EngineListener engine = EngineListener.NONE;
    private GenerationListener.Factory factory = request -> GenerationListener.NONE;
    private GenerationListener sequence = GenerationListener.NONE;
    private RequestListener requests = RequestListener.NONE;
    private GenerationRequest request = TestRequests.request();
    private RequestSummary summary = Summaries.completed();
    private StepReport step = step();
    private long nowNanos;

    @Setup
    public void start() {
        watched = telemetry.equals("on")
                ? Telemetry.start(
                        new TelemetrySettings(
                                "vitrine", true, false, TestMetrics.settings(), LogSettings.in(Path.of("unused"))),
                        System::nanoTime)
                : Telemetry.off();
        engine = watched.engineListener(Summaries.MODEL);
        factory = watched.generationListenerFactory(Summaries.MODEL, Route.CHAT_COMPLETIONS);
        sequence = factory.create(request);
        requests = watched.requestListener();
    }

    @TearDown
    public void stop() {
        watched.close();
    }

    /** One token of one sequence. */
    @Benchmark
    public void token() {
        nowNanos += STEP_NANOS;
        sequence.tokenGenerated(1, nowNanos);
    }

    /** One step of the engine, which is a token at least. */
    @Benchmark
    public void engineStep() {
        engine.stepEnded(step);
    }

    /** One request with one token, from its head to its end. */
    @Benchmark
    public void wholeRequest() {
        requests.received(new RequestIdentity("r", Route.CHAT_COMPLETIONS, "default", Optional.empty()));
        GenerationListener own = factory.create(request);
        own.queued(0);
        own.admitted(0, STEP_NANOS);
        own.prefillEnded(4, 2 * STEP_NANOS);
        own.tokenGenerated(1, 3 * STEP_NANOS);
        own.ended(FinishReason.STOP, 4 * STEP_NANOS);
        requests.ended(summary);
    }

    @Test
    void staysWithinItsBudget() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(ListenerCostBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();

        Map<String, Double> nanos = results.stream()
                .collect(Collectors.toMap(ListenerCostBenchmark::name, result -> result.getPrimaryResult()
                        .getScore()));
        Map<String, Double> bytes = results.stream()
                .collect(Collectors.toMap(
                        ListenerCostBenchmark::name,
                        result -> result.getSecondaryResults().get(ALLOCATED).getScore()));
        assertThat(nanos.get("token on") + nanos.get("engineStep on"))
                .as("ns a token")
                .isLessThan(300);
        assertThat(bytes.get("token on") + bytes.get("engineStep on"))
                .as("bytes a token")
                .isLessThan(0.5);
        assertThat(nanos.get("wholeRequest on")).as("ns a request").isLessThan(10_000);
        assertThat(bytes.get("wholeRequest on")).as("bytes a request").isLessThan(8 * 1024);
        assertThat(nanos.get("token off")).as("ns a site, off").isLessThan(5);
        assertThat(nanos.get("engineStep off")).as("ns a site, off").isLessThan(5);
    }

    private static String name(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        return benchmark.substring(benchmark.lastIndexOf('.') + 1) + " "
                + result.getParams().getParam("telemetry");
    }

    private static StepReport step() {
        return new StepReport(
                0,
                0,
                STEP_NANOS,
                900_000,
                50_000,
                0,
                1,
                1,
                0,
                0,
                0,
                1,
                0,
                1,
                0,
                StepReport.CacheCounts.NONE,
                List.of(),
                Optional.empty());
    }
}
