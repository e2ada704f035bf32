package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepShare;
import io.vitrine.observability.ModelGpu;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanName;
import org.jspecify.annotations.Nullable;

/**
 * One step of the engine as a trace of its own, linked with the requests it served. There is one only while a request is
 * followed step by step, and it is told only if such a request's trace is kept; that may turn out before the step is over or
 * after. Any thread.
 */
final class StepTrace {

    /** As many as a step may have; of more it says the number only. */
    private static final int MAX_LINKS = 128;

    private final long index;
    private final SpanContext context;
    private final Resource resource;
    private final Consumer<List<SpanData>> export;
    private final @Nullable ModelGpu gpu;
    private final @Nullable GpuSnapshot gpus;
    private final List<LinkData> served = new ArrayList<>();
    private @Nullable StepReport report;
    private @Nullable WallClock wanted;
    private boolean told;

    /**
     * @param gpu that the model runs on; null on the processor
     * @param gpus the latest reading, if there is one
     */
    StepTrace(
            long index,
            SpanContext context,
            Resource resource,
            Consumer<List<SpanData>> export,
            @Nullable ModelGpu gpu,
            @Nullable GpuSnapshot gpus) {
        this.index = index;
        this.context = context;
        this.resource = resource;
        this.export = export;
        this.gpu = gpu;
        this.gpus = gpus;
    }

    long index() {
        return index;
    }

    SpanContext context() {
        return context;
    }

    /** Says how the GPU was while the step ran, if it ran on one; {@code endNanos} is when it was computed. */
    void describeGpu(AttributesBuilder attributes, long endNanos) {
        StepGpu.describe(attributes, gpu, gpus, endNanos);
    }

    /** The step computed tokens of the request with this root span. */
    synchronized void serve(SpanContext root, StepShare share) {
        if (served.size() < MAX_LINKS) {
            served.add(LinkData.create(
                    root,
                    Attributes.builder()
                            .put(SpanAttributes.TOKENS, share.tokens())
                            .put(SpanAttributes.SHARE, share.shareNanos())
                            .build()));
        }
    }

    /** The step is over. */
    synchronized void completed(StepReport ended) {
        report = ended;
        tellIfReady();
    }

    /** A trace that links to it is kept; {@code clock} is its request's. */
    synchronized void want(WallClock clock) {
        wanted = clock;
        tellIfReady();
    }

    private void tellIfReady() {
        if (report != null && wanted != null && !told) {
            told = true;
            export.accept(List.of(span(report, wanted)));
        }
    }

    private FinishedSpan span(StepReport ended, WallClock clock) {
        return new FinishedSpan(
                resource,
                Scopes.INFERENCE,
                SpanName.ENGINE_STEP.label(),
                SpanKind.INTERNAL,
                context,
                SpanContext.getInvalid(),
                clock.epoch(ended.startNanos()),
                clock.epoch(ended.endNanos()),
                StatusData.unset(),
                attributes(ended),
                List.of(),
                List.copyOf(served));
    }

    private Attributes attributes(StepReport ended) {
        AttributesBuilder attributes = Attributes.builder()
                .put(SpanAttributes.STEP_INDEX, ended.index())
                .put(SpanAttributes.BATCH_SIZE, ended.runningCount())
                .put(SpanAttributes.PREFILL_TOKENS, ended.prefillTokens())
                .put(SpanAttributes.DECODE_TOKENS, ended.decodeTokens())
                .put(SpanAttributes.MODEL, ended.modelNanos())
                .put(SpanAttributes.SAMPLING, ended.samplingNanos());
        ended.timings().ifPresent(timings -> attributes
                .put(SpanAttributes.PROJECTION, timings.projectionNanos())
                .put(SpanAttributes.ATTENTION, timings.attentionNanos())
                .put(SpanAttributes.FEED_FORWARD, timings.feedForwardNanos())
                .put(SpanAttributes.HEAD, timings.headNanos()));
        describeGpu(attributes, ended.endNanos());
        return attributes.build();
    }
}
