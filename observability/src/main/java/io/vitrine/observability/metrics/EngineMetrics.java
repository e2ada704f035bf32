package io.vitrine.observability.metrics;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.StepReport;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.StepPhase;

/** Turns the steps of one model's engine into meters. Engine thread. */
final class EngineMetrics implements EngineListener {

    private static final double NANOS_PER_SECOND = 1e9;

    private final PerValue<StepPhase, Timer> stepDuration;
    private final Counter modelTime;
    private final Counter samplingTime;
    private final DistributionSummary batchSize;
    private final Counter prefillTokens;
    private final Counter decodeTokens;
    private final Counter draftTokens;
    private final Counter draftTokensAccepted;

    EngineMetrics(Instruments instruments, String modelName) {
        stepDuration = new PerValue<>(
                StepPhase.class, phase -> instruments.timer(Meters.STEP_DURATION, modelName, phase.label()));
        modelTime = instruments.counter(Meters.MODEL_TIME, modelName);
        samplingTime = instruments.counter(Meters.SAMPLING_TIME, modelName);
        batchSize = instruments.summary(Meters.BATCH_SIZE, modelName);
        prefillTokens = instruments.counter(Meters.PREFILL_TOKENS, modelName);
        decodeTokens = instruments.counter(Meters.DECODE_TOKENS, modelName);
        draftTokens = instruments.counter(Meters.DRAFT_TOKENS, modelName);
        draftTokensAccepted = instruments.counter(Meters.DRAFT_TOKENS_ACCEPTED, modelName);
    }

    @Override
    public void stepEnded(StepReport report) {
        stepDuration.of(StepPhase.of(report)).record(report.endNanos() - report.startNanos(), TimeUnit.NANOSECONDS);
        modelTime.increment(report.modelNanos() / NANOS_PER_SECOND);
        samplingTime.increment(report.samplingNanos() / NANOS_PER_SECOND);
        prefillTokens.increment(report.prefillTokens());
        decodeTokens.increment(report.decodeTokens());
        draftTokens.increment(report.draftedTokens());
        draftTokensAccepted.increment(report.acceptedTokens());
        if (report.decodingCount() > 0) {
            batchSize.record(report.decodingCount());
        }
    }
}
