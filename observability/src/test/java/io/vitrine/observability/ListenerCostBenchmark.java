package io.vitrine.observability;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.model.engine.StepShare;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.MetricSettings;
import io.vitrine.observability.tracing.TracingRules;
import io.vitrine.observability.tracing.TracingSettings;
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
 * -Dsurefire.failIfNoSpecifiedTests=false test}. It takes about four minutes and fails where a cost is over its budget.
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

    /** Traces as by default, nearly all of them dropped at the end; all of them kept; nothing watched. */
    @Param({"on", "kept", "off"})
    public String telemetry = "";

    private Telemetry watched = Telemetry.off();
    private EngineListener engine = EngineListener.NONE;
    private GenerationListener.Factory factory = request -> GenerationListener.NONE;
    private GenerationListener sequence = GenerationListener.NONE;
    private RequestListener requests = RequestListener.NONE;
    private GenerationRequest request = TestRequests.request();
    private RequestSummary summary = Summaries.completed();
    private RequestHead head = new RequestHead(
            "r",
            "POST",
            "http",
            "/v1/chat/completions",
            "1.1",
            "localhost",
            8080,
            "127.0.0.1",
            Optional.empty(),
            Optional.empty(),
            0);
    private StepShare share = new Share();
    private StepReport step = step();
    private long nowNanos;

    @Setup
    public void start() {
        watched = telemetry.equals("off")
                ? Telemetry.off()
                : Telemetry.start(settings(telemetry.equals("kept") ? 1 : 0.1), System::nanoTime);
        engine = watched.engineListener(Summaries.MODEL, 0);
        factory = watched.generationListenerFactory(Summaries.MODEL, Route.CHAT_COMPLETIONS);
        sequence = watched.requestTracing().begin(head).watch(Summaries.MODEL, 0, request, factory.create(request));
        sequence.queued(0);
        sequence.admitted(0, 0);
        sequence.prefillEnded(4, 0);
        requests = watched.requestListener();
    }

    private static TelemetrySettings settings(double ratio) {
        TracingRules rules = new TracingRules(
                ratio,
                0.5,
                Integer.MAX_VALUE,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                0);
        TracingSettings tracing = new TracingSettings(
                rules,
                16_384,
                Optional.empty(),
                Optional.empty(),
                List.of(new Nowhere()),
                new ResourceAttributes(Map.of()));
        return new TelemetrySettings(
                "vitrine",
                true,
                false,
                MetricSettings.in(Path.of("target"), new ResourceAttributes(Map.of())),
                LogSettings.in(Path.of("unused")),
                Optional.of(tracing));
    }

    @TearDown
    public void stop() {
        watched.close();
    }

    /** One token of one sequence: its share of a step, its draw, its delivery. */
    @Benchmark
    public void token() {
        nowNanos += STEP_NANOS;
        sequence.stepComputed(share);
        sequence.tokenSampled(nowNanos, nowNanos);
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
        RequestTrace trace = watched.requestTracing().begin(head);
        requests.received(new RequestIdentity("r", Route.CHAT_COMPLETIONS, "default", trace.ids()));
        GenerationListener own = trace.watch(Summaries.MODEL, 0, request, factory.create(request));
        own.queued(0);
        own.admitted(0, STEP_NANOS);
        own.stepComputed(share);
        own.prefillEnded(4, 2 * STEP_NANOS);
        own.tokenSampled(2 * STEP_NANOS, 3 * STEP_NANOS);
        own.tokenGenerated(1, 3 * STEP_NANOS);
        own.ended(FinishReason.STOP, 4 * STEP_NANOS);
        requests.ended(trace.ended(summary));
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

    /** One of eight equal shares of a step. */
    private static final class Share implements StepShare {

        @Override
        public long stepIndex() {
            return 0;
        }

        @Override
        public long startNanos() {
            return 0;
        }

        @Override
        public long modelEndNanos() {
            return STEP_NANOS;
        }

        @Override
        public int tokens() {
            return 1;
        }

        @Override
        public int stepTokens() {
            return 8;
        }

        @Override
        public int sequenceCount() {
            return 8;
        }

        @Override
        public Phase phase() {
            return Phase.DECODE;
        }

        @Override
        public long shareNanos() {
            return STEP_NANOS / 8;
        }

        @Override
        public long handOverNanos() {
            return 0;
        }

        @Override
        public long kvBytes() {
            return 1 << 20;
        }

        @Override
        public boolean watchedClosely() {
            return false;
        }

        @Override
        public Optional<StepTimings> timings() {
            return Optional.empty();
        }
    }

    /** A back-end that takes everything and keeps nothing. */
    private static final class Nowhere implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
