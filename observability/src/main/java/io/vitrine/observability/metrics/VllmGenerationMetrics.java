package io.vitrine.observability.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.VllmMeters;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Tells the life of one sequence under vLLM's names. As there, time spent waiting again after a preemption counts as
 * prefill or decode; unlike there, a sequence that was aborted is counted.
 */
final class VllmGenerationMetrics implements GenerationListener {

    private final Series series;
    private final int promptTokens;
    private final int maxTokens;

    private long queuedNanos;
    private long admittedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;
    private int cachedTokens;
    private int tokenCount;
    private boolean admitted;

    private VllmGenerationMetrics(Series series, int promptTokens, int maxTokens) {
        this.series = series;
        this.promptTokens = promptTokens;
        this.maxTokens = maxTokens;
    }

    static Factory factory(Instruments instruments, String modelName) {
        Series series = new Series(instruments, modelName);
        return request -> new VllmGenerationMetrics(series, request.promptTokens().length, request.maxTokens());
    }

    @Override
    public void queued(long atNanos) {
        queuedNanos = atNanos;
    }

    @Override
    public void admitted(int slot, long atNanos) {
        admitted = true;
        admittedNanos = atNanos;
        series.queueTime.record(atNanos - queuedNanos, NANOSECONDS);
        series.cacheQueries.increment(promptTokens);
    }

    @Override
    public void prefixCacheHit(int hitTokens, long atNanos) {
        cachedTokens += hitTokens;
        series.cacheHits.increment(hitTokens);
    }

    @Override
    public void preempted(long atNanos) {
        series.preemptions.increment();
    }

    @Override
    public void prefillEnded(int prompt, long atNanos) {
        series.promptTokens.increment(prompt);
        series.promptTokensCached.increment(cachedTokens);
        series.fromCache.increment(cachedTokens);
        series.computed.increment(prompt - cachedTokens);
    }

    @Override
    public void tokenGenerated(int tokenId, long atNanos) {
        series.generationTokens.increment();
        if (tokenCount == 0) {
            firstTokenNanos = atNanos;
            series.timeToFirstToken.record(atNanos - queuedNanos, NANOSECONDS);
        } else {
            series.interTokenLatency.record(atNanos - lastTokenNanos, NANOSECONDS);
        }
        lastTokenNanos = atNanos;
        tokenCount++;
    }

    @Override
    public void ended(FinishReason reason, long atNanos) {
        series.ended.of(reason).increment();
        if (admitted) {
            lengths();
            times(atNanos);
        }
    }

    private void lengths() {
        series.requestPromptTokens.record(promptTokens);
        series.requestGenerationTokens.record(tokenCount);
        series.requestMaxGenerationTokens.record(tokenCount);
        series.requestMaxTokens.record(maxTokens);
        series.prefillComputed.record(Math.max(0, promptTokens - cachedTokens));
    }

    private void times(long atNanos) {
        series.endToEnd.record(atNanos - queuedNanos, NANOSECONDS);
        if (tokenCount > 0) {
            series.inferenceTime.record(lastTokenNanos - admittedNanos, NANOSECONDS);
            series.prefillTime.record(firstTokenNanos - admittedNanos, NANOSECONDS);
            series.decodeTime.record(lastTokenNanos - firstTokenNanos, NANOSECONDS);
        }
        if (tokenCount > 1) {
            series.timePerOutputToken.record((lastTokenNanos - firstTokenNanos) / (tokenCount - 1), NANOSECONDS);
        }
    }

    private static String finishedReason(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CANCELLED, TIMED_OUT, REFUSED -> "abort";
            case FAILED, UNUSABLE_LOGITS, CONSTRAINT_LIMIT -> "error";
        };
    }

    /** The meters of one model, looked up once. */
    private static final class Series {

        private final Instruments instruments;
        private final String modelName;

        private final Counter cacheQueries;
        private final Counter cacheHits;
        private final Counter preemptions;
        private final Counter promptTokens;
        private final Counter promptTokensCached;
        private final Counter computed;
        private final Counter fromCache;
        private final Counter generationTokens;
        private final PerValue<FinishReason, Counter> ended;
        private final DistributionSummary requestPromptTokens;
        private final DistributionSummary requestGenerationTokens;
        private final DistributionSummary requestMaxGenerationTokens;
        private final DistributionSummary requestMaxTokens;
        private final DistributionSummary prefillComputed;
        private final Timer timeToFirstToken;
        private final Timer interTokenLatency;
        private final Timer timePerOutputToken;
        private final Timer endToEnd;
        private final Timer queueTime;
        private final Timer inferenceTime;
        private final Timer prefillTime;
        private final Timer decodeTime;

        Series(Instruments instruments, String modelName) {
            this.instruments = instruments;
            this.modelName = modelName;
            cacheQueries = counter(VllmMeters.CACHE_QUERIES);
            cacheHits = counter(VllmMeters.CACHE_HITS);
            preemptions = counter(VllmMeters.PREEMPTIONS);
            promptTokens = counter(VllmMeters.PROMPT_TOKENS);
            promptTokensCached = counter(VllmMeters.PROMPT_TOKENS_CACHED);
            computed = counter(VllmMeters.PROMPT_TOKENS_BY_SOURCE, VllmMeters.SOURCE_COMPUTED);
            fromCache = counter(VllmMeters.PROMPT_TOKENS_BY_SOURCE, VllmMeters.SOURCE_CACHED);
            generationTokens = counter(VllmMeters.GENERATION_TOKENS);
            ended = new PerValue<>(
                    FinishReason.class,
                    reason -> instruments.counter(
                            VllmMeters.SUCCESS, modelName, VllmMeters.ENGINE, finishedReason(reason)));
            requestPromptTokens = summary(VllmMeters.REQUEST_PROMPT_TOKENS);
            requestGenerationTokens = summary(VllmMeters.REQUEST_GENERATION_TOKENS);
            requestMaxGenerationTokens = summary(VllmMeters.REQUEST_MAX_GENERATION_TOKENS);
            requestMaxTokens = summary(VllmMeters.REQUEST_MAX_TOKENS);
            prefillComputed = summary(VllmMeters.PREFILL_COMPUTED);
            timeToFirstToken = timer(VllmMeters.TIME_TO_FIRST_TOKEN);
            interTokenLatency = timer(VllmMeters.INTER_TOKEN_LATENCY);
            timePerOutputToken = timer(VllmMeters.TIME_PER_OUTPUT_TOKEN);
            endToEnd = timer(VllmMeters.END_TO_END);
            queueTime = timer(VllmMeters.QUEUE_TIME);
            inferenceTime = timer(VllmMeters.INFERENCE_TIME);
            prefillTime = timer(VllmMeters.PREFILL_TIME);
            decodeTime = timer(VllmMeters.DECODE_TIME);
        }

        private Counter counter(MeterDefinition meter) {
            return instruments.counter(meter, modelName, VllmMeters.ENGINE);
        }

        private Counter counter(MeterDefinition meter, String label) {
            return instruments.counter(meter, modelName, VllmMeters.ENGINE, label);
        }

        private DistributionSummary summary(MeterDefinition meter) {
            return instruments.summary(meter, modelName, VllmMeters.ENGINE);
        }

        private Timer timer(MeterDefinition meter) {
            return instruments.timer(meter, modelName, VllmMeters.ENGINE);
        }
    }
}
