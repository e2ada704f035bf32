package io.vitrine.observability.metrics;

import io.micrometer.core.instrument.Counter;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.StepReport;
import io.vitrine.observability.EngineState;
import io.vitrine.observability.catalogue.VllmMeters;

/** Tells one model's engine under vLLM's names. Engine thread. */
final class VllmEngineMetrics implements EngineListener {

    private final Counter draftTokens;
    private final Counter acceptedTokens;

    VllmEngineMetrics(Instruments instruments, String modelName) {
        draftTokens = instruments.counter(VllmMeters.DRAFT_TOKENS, modelName, VllmMeters.ENGINE);
        acceptedTokens = instruments.counter(VllmMeters.ACCEPTED_TOKENS, modelName, VllmMeters.ENGINE);
    }

    /** What is read at the scrape. */
    static void watch(Instruments instruments, String modelName, EngineState engine) {
        String index = VllmMeters.ENGINE;
        instruments.gauge(VllmMeters.RUNNING, () -> engine.runningCount().getAsInt(), modelName, index);
        instruments.gauge(VllmMeters.WAITING, () -> engine.waitingCount().getAsInt(), modelName, index);
        instruments.gauge(VllmMeters.KV_USAGE, engine::kvUtilization, modelName, index);
        instruments.gauge(
                VllmMeters.CACHE_CONFIG,
                () -> 1,
                modelName,
                index,
                Integer.toString(engine.kvPagePositions()),
                Integer.toString(engine.kvPageCount()));
    }

    @Override
    public void stepEnded(StepReport report) {
        draftTokens.increment(report.draftedTokens());
        acceptedTokens.increment(report.acceptedTokens());
    }
}
