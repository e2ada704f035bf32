package io.vitrine.observability.tracing;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.vitrine.gpu.GpuListener;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.observability.Archive;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.LoopWatch;
import io.vitrine.observability.ModelGpu;
import io.vitrine.observability.RequestHead;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestTrace;
import io.vitrine.observability.RequestTracing;
import io.vitrine.observability.TenantTraces;
import io.vitrine.observability.TracingStats;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.observability.otlp.CollectorEvents;
import io.vitrine.observability.otlp.CollectorLink;

/**
 * The traces of one server: follows requests, decides at their ends which to keep, and sends those away. Any thread.
 *
 * <p>The root span's ids and the caller's context come from Vert.x, which is given {@link #openTelemetry}. Its spans are
 * sampled always, as far as others can see: what is kept is decided here, later.
 */
public final class Tracing implements AutoCloseable {

    private static final String SESSION = "session.id";
    private static final int MAX_SESSION_LENGTH = 128;
    private static final long CLOSE_SECONDS = 1;

    private final TracingControl control;
    private final TailSampler sampler;
    private final TracingCounts counts;
    private final SpanExport export;
    private final RequestsInFlight inFlight = new RequestsInFlight(this::ownerless);
    private final Resource resource;
    private final Clock clock;
    private final OpenTelemetrySdk sdk;
    private final GcPauses gcPauses = new GcPauses();
    private final LoopStalls loopStalls = new LoopStalls();
    private final LatestGpus gpus = new LatestGpus();
    private final Map<String, EngineSteps> engines = new ConcurrentHashMap<>();

    private Tracing(TracingSettings settings, List<SpanTarget> targets, ExportCounts exports, Clock clock) {
        this.clock = clock;
        counts = new TracingCounts(exports);
        control = new TracingControl(settings.rules());
        sampler = new TailSampler(control);
        export = new SpanExport(targets, settings.queueSpans(), counts, clock);
        resource = settings.resource().toResource();
        sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setResource(resource)
                        .setSampler(Sampler.alwaysOn())
                        .addSpanProcessor(inFlight)
                        .build())
                .setPropagators(ContextPropagators.create(
                        TextMapPropagator.composite(new TraceContextPropagator(), W3CBaggagePropagator.getInstance())))
                .build();
    }

    /**
     * Starts with the exporters that the settings name, and an archive if there is one.
     */
    public static Tracing start(TracingSettings settings, Optional<Archive> archive, CollectorEvents events) {
        Optional<CollectorLink> otlp =
                settings.otlp().map(target -> new CollectorLink(Signal.TRACES, target.endpoint(), events));
        List<SpanTarget> targets = new ArrayList<>(Exporters.from(settings, otlp, events));
        settings.exporters().forEach(exporter -> targets.add(SpanTarget.inProcess(exporter)));
        archive.map(ArchiveExporter::new).map(SpanTarget::inProcess).ifPresent(targets::add);
        ExportCounts exports = otlp.map(CollectorLink::counts).orElseGet(ExportCounts::new);
        return new Tracing(settings, targets, exports, Clock.systemUTC());
    }

    /** For Vert.x: takes the caller's context from headers and puts it into others. */
    public OpenTelemetry openTelemetry() {
        return sdk;
    }

    /** For the HTTP side. */
    public RequestTracing requests() {
        return this::begin;
    }

    /** Whether a request is under way that is traced. */
    public boolean followsRequests() {
        return !inFlight.isEmpty();
    }

    /** For the HTTP side's event loops. */
    public LoopWatch loopWatch() {
        return loopStalls;
    }

    /** For the engine of a model. */
    public EngineListener engineListener(String modelName, Optional<ModelGpu> gpu) {
        EngineSteps steps = engineSteps(modelName);
        gpu.ifPresent(steps::runOn);
        return steps;
    }

    /** For the probe of GPUs. */
    public GpuListener gpuListener() {
        return gpus;
    }

    /** For loads of models. */
    public LifecycleListener lifecycleListener() {
        return new LoadTrace();
    }

    /** What can be changed while the server runs. */
    public TracingControl control() {
        return control;
    }

    /** What tracing itself does. */
    public TracingStats stats() {
        return counts;
    }

    EngineSteps engineSteps(String modelName) {
        return engines.computeIfAbsent(modelName, name -> new EngineSteps(resource, export::offer, gpus));
    }

    private RequestTrace begin(RequestHead head) {
        try {
            RequestRecord record = record(head);
            inFlight.add(record);
            return new RequestRecorder(record, this);
        } catch (RuntimeException e) {
            counts.failed();
            return RequestTrace.NONE;
        }
    }

    private RequestRecord record(RequestHead head) {
        Span current = Span.current();
        boolean fromVertx = current.getSpanContext().isValid() && current instanceof ReadableSpan;
        SpanContext root = fromVertx ? current.getSpanContext() : SpanIds.newTrace();
        SpanContext parent =
                current instanceof ReadableSpan readable ? readable.getParentSpanContext() : SpanContext.getInvalid();
        TracingRules rules = control.rules();
        boolean chosen = SampleRatio.of(rules.detailedRatio()).keeps(root.getTraceId(), root.getTraceState());
        RequestRecord record =
                new RequestRecord(head, root, parent, WallClock.at(head.startNanos(), clock), session(), chosen);
        // Until it is known whose it is, and for what nobody is asked for.
        record.attribute(RequestSummary.DEFAULT_TENANT, TenantTraces.SAMPLED, rules);
        return record;
    }

    private static String session() {
        String session = Baggage.current().getEntryValue(SESSION);
        return session == null || session.length() > MAX_SESSION_LENGTH ? "" : session;
    }

    /** Decides about a request that is over, and brings its trace away if it is kept. */
    boolean keeps(RequestRecord record, RequestSummary summary) {
        inFlight.remove(record);
        try {
            return export.isOn() && decide(record, summary);
        } catch (RuntimeException e) {
            counts.failed();
            return false;
        }
    }

    private boolean decide(RequestRecord record, RequestSummary summary) {
        Decision decision = sampler.decide(new TraceFacts(
                record.root.getTraceId(),
                record.root.getTraceState(),
                CallerSampling.of(record.parent),
                record.flagged,
                record.prescribed,
                record.tenantTraces,
                record.spanEstimate(),
                summary));
        if (decision instanceof Decision.Kept kept) {
            counts.kept(kept.reason());
            keep(record, summary, kept);
            return true;
        }
        if (decision instanceof Decision.Dropped dropped) {
            counts.dropped(dropped.reason());
        }
        return false;
    }

    private void keep(RequestRecord record, RequestSummary summary, Decision.Kept decision) {
        export.offer(record.spanEstimate(), () -> {
            record.steps.forEach(step -> step.want(record.clock));
            return RequestSpans.of(record, summary, decision, interruptions(record, summary), resource);
        });
    }

    private List<Interruption> interruptions(RequestRecord record, RequestSummary summary) {
        WallClock wall = record.clock;
        List<Interruption> felt =
                new ArrayList<>(gcPauses.overlapping(wall.epoch(summary.startNanos()), wall.epoch(summary.endNanos())));
        felt.addAll(loopStalls.overlapping(summary.startNanos(), summary.endNanos(), wall));
        return felt;
    }

    /** A span of Vert.x's that is part of no request here: by chance, the same as others who see its trace. */
    private void ownerless(ReadableSpan span) {
        SpanContext context = span.getSpanContext();
        boolean kept = SampleRatio.of(control.rules().ratio()).keeps(context.getTraceId(), context.getTraceState());
        if (kept && export.isOn()) {
            export.offer(List.of(span.toSpanData()));
        }
    }

    /** Sends what waits, for two seconds at most. */
    @Override
    public void close() {
        gcPauses.close();
        sdk.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
        export.close();
    }

    /** A load as a trace of one span. */
    private final class LoadTrace implements LifecycleListener {

        @Override
        public void modelLoaded(String modelName, Duration took) {
            keep(modelName, took, Optional.empty());
        }

        @Override
        public void modelLoadFailed(String modelName, Duration took, Throwable cause) {
            keep(modelName, took, Optional.of(cause));
        }

        private void keep(String modelName, Duration took, Optional<Throwable> cause) {
            if (!export.isOn()) {
                return;
            }
            SpanTree tree = new SpanTree(resource, WallClock.at(0, clock));
            SpanTree.Draft load = tree.traceDraft(SpanName.MODEL_LOAD, -took.toNanos(), 0);
            load.attributes.put(SpanAttributes.REQUEST_MODEL, modelName);
            cause.ifPresent(failure -> load.failed(failure.getClass().getName()));
            load.add();
            export.offer(tree.spans());
        }
    }
}
