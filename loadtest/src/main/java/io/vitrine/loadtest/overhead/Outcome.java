package io.vitrine.loadtest.overhead;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What is compared between arms. */
enum Outcome {
    TOKENS_PER_SECOND("output tokens/s", Load.CLOSED, false, Block::tokensPerSecond),
    TPOT_P50("time per output token, p50", Load.CLOSED, true, block -> Statistics.quantile(block.tpotMs(), 0.5)),
    CPU_PER_TOKEN("processor time per token", Load.CLOSED, true, Block::cpuNanosPerToken),
    BYTES_PER_TOKEN("allocated bytes per token", Load.CLOSED, true, Block::allocatedBytesPerToken),
    /** Often none: compared as a difference of shares, which the logarithm of the exponential is. */
    GC_SHARE(
            "garbage collection, points of the time",
            Load.CLOSED,
            true,
            block -> StrictMath.exp(block.gcShare())),
    OPEN_TPOT_P50("time per output token, p50", Load.OPEN, true, block -> Statistics.quantile(block.tpotMs(), 0.5)),
    /** Pooled over the blocks that a resample draws: a block alone has too few requests. */
    TTFT_TAIL("time to first token, tail", Load.OPEN, true, block -> Double.NaN);

    /** How requests come. */
    enum Load {
        /** As many at once as saturate the server: capacity, and cost per token. */
        CLOSED,
        /** At a share of the capacity: latencies. */
        OPEN
    }

    private final String meaning;
    private final Load load;
    private final boolean lowerIsBetter;
    private final ToDoubleFunction<Block> value;

    Outcome(String meaning, Load load, boolean lowerIsBetter, ToDoubleFunction<Block> value) {
        this.meaning = meaning;
        this.load = load;
        this.lowerIsBetter = lowerIsBetter;
        this.value = value;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String meaning() {
        return meaning;
    }

    Load load() {
        return load;
    }

    /** Whether it has a margin of its own: what users feel. The others say where a cost comes from. */
    boolean judged() {
        return this == TOKENS_PER_SECOND || this == TPOT_P50 || this == OPEN_TPOT_P50 || this == TTFT_TAIL;
    }

    boolean pooled() {
        return this == TTFT_TAIL;
    }

    double of(Block block) {
        return value.applyAsDouble(block);
    }

    /** Turns a difference of logarithms so that a positive one is a cost. */
    double cost(double logRatio) {
        return lowerIsBetter ? logRatio : -logRatio;
    }
}
