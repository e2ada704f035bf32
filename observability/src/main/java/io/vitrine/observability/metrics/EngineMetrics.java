package io.vitrine.observability.metrics;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepReport.CacheCounts;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.observability.catalogue.CacheLookup;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.ModelPart;
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
    private final Counter replayedTokens;
    private final Counter usefulTokens;
    private final Counter failedSteps;
    private final Counter timedSteps;
    private final PerValue<ModelPart, Counter> partTime;
    private final PerValue<CacheLookup, Counter> cacheLookups;
    private final Counter cacheEvictions;

    private final StepReads reads;

    private volatile int kvPagesCached;

    EngineMetrics(Instruments instruments, String modelName, StepReads reads) {
        this.reads = reads;
        stepDuration = new PerValue<>(
                StepPhase.class, phase -> instruments.timer(Meters.STEP_DURATION, modelName, phase.label()));
        modelTime = instruments.counter(Meters.MODEL_TIME, modelName);
        samplingTime = instruments.counter(Meters.SAMPLING_TIME, modelName);
        batchSize = instruments.summary(Meters.BATCH_SIZE, modelName);
        prefillTokens = instruments.counter(Meters.PREFILL_TOKENS, modelName);
        decodeTokens = instruments.counter(Meters.DECODE_TOKENS, modelName);
        draftTokens = instruments.counter(Meters.DRAFT_TOKENS, modelName);
        draftTokensAccepted = instruments.counter(Meters.DRAFT_TOKENS_ACCEPTED, modelName);
        replayedTokens = instruments.counter(Meters.REPLAYED_TOKENS, modelName);
        usefulTokens = instruments.counter(Meters.USEFUL_TOKENS, modelName);
        failedSteps = instruments.counter(Meters.FAILED_STEPS, modelName);
        timedSteps = instruments.counter(Meters.TIMED_STEPS, modelName);
        partTime =
                new PerValue<>(ModelPart.class, part -> instruments.counter(Meters.PART_TIME, modelName, part.label()));
        cacheLookups = new PerValue<>(
                CacheLookup.class, result -> instruments.counter(Meters.CACHE_LOOKUPS, modelName, result.label()));
        cacheEvictions = instruments.counter(Meters.CACHE_EVICTIONS, modelName);
        instruments.gauge(Meters.KV_PAGES_CACHED, () -> kvPagesCached, modelName);
    }

    @Override
    public void stepEnded(StepReport report) {
        stepDuration.of(StepPhase.of(report)).record(report.endNanos() - report.startNanos(), TimeUnit.NANOSECONDS);
        modelTime.increment(report.modelNanos() / NANOS_PER_SECOND);
        samplingTime.increment(report.samplingNanos() / NANOS_PER_SECOND);
        tokens(report);
        cache(report.cacheCounts());
        reads.step(report.kvPagesUsed());
        kvPagesCached = report.kvPagesCached();
        if (report.decodingCount() > 0) {
            batchSize.record(report.decodingCount());
        }
        if (report.timings().isPresent()) {
            timed(report.timings().get());
        }
    }

    @Override
    public void stepFailed(ModelRunnerException cause) {
        failedSteps.increment();
    }

    private void tokens(StepReport report) {
        prefillTokens.increment(report.prefillTokens());
        decodeTokens.increment(report.decodeTokens());
        draftTokens.increment(report.draftedTokens());
        draftTokensAccepted.increment(report.acceptedTokens());
        replayedTokens.increment(report.replayedTokens());
        int guessedWrong = report.draftedTokens() - report.acceptedTokens();
        usefulTokens.increment(report.decodeTokens() - report.replayedTokens() - guessedWrong);
    }

    private void cache(CacheCounts counts) {
        cacheLookups.of(CacheLookup.HIT).increment(counts.hitPages());
        cacheLookups.of(CacheLookup.MISSED).increment(counts.missedPages());
        cacheEvictions.increment(counts.evictedPages());
    }

    private void timed(StepTimings timings) {
        timedSteps.increment();
        partTime.of(ModelPart.PROJECTION).increment(timings.projectionNanos() / NANOS_PER_SECOND);
        partTime.of(ModelPart.ATTENTION).increment(timings.attentionNanos() / NANOS_PER_SECOND);
        partTime.of(ModelPart.FEED_FORWARD).increment(timings.feedForwardNanos() / NANOS_PER_SECOND);
        partTime.of(ModelPart.HEAD).increment(timings.headNanos() / NANOS_PER_SECOND);
    }
}
