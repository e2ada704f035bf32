package io.vitrine.observability.tracing;

import java.util.List;
import java.util.function.Consumer;

import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepShare;
import io.vitrine.observability.ModelGpu;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of one engine have in common: the step that runs, if it is to have a span, and where the model's time
 * usually goes, for requests too short for a timed step of their own. Engine thread.
 */
final class EngineSteps implements EngineListener {

    private final Resource resource;
    private final Consumer<List<SpanData>> export;
    private final ModelParts prefill = new ModelParts();
    private final ModelParts decode = new ModelParts();
    private final LatestGpus gpus;
    private @Nullable StepTrace current;
    /** Set before the engine runs. */
    private volatile @Nullable ModelGpu gpu;

    EngineSteps(Resource resource, Consumer<List<SpanData>> export, LatestGpus gpus) {
        this.resource = resource;
        this.export = export;
        this.gpus = gpus;
    }

    /** The model runs on a GPU: its steps say how that was. */
    void runOn(ModelGpu runsOn) {
        gpu = runsOn;
    }

    /** The step that {@code share} is of. */
    StepTrace trace(StepShare share) {
        if (current == null || current.index() != share.stepIndex()) {
            ModelGpu on = gpu;
            current = new StepTrace(
                    share.stepIndex(),
                    SpanIds.newTrace(),
                    resource,
                    export,
                    on,
                    on == null ? null : gpus.latestOrNull());
        }
        return current;
    }

    /** Where time goes in steps with prompts, or in those without; as long as none was timed of the one, that of the other. */
    ModelParts usual(Phase phase) {
        ModelParts wanted = phase == Phase.PREFILL ? prefill : decode;
        ModelParts other = phase == Phase.PREFILL ? decode : prefill;
        return wanted.steps() > 0 ? wanted : other;
    }

    @Override
    public void stepEnded(StepReport report) {
        if (report.timings().isPresent()) {
            long nanos = report.modelNanos();
            (report.prefillTokens() > 0 ? prefill : decode)
                    .add(nanos, report.timings().get());
        }
        if (current != null && current.index() == report.index()) {
            current.completed(report);
            current = null;
        }
    }
}
