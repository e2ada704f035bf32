package io.vitrine.loadtest.overhead;

import java.util.Locale;

/** What is compared between arms. */
enum Outcome {
    TOKENS_PER_SECOND("output tokens/s", Load.CLOSED, false),
    TPOT_P50("time per output token, p50", Load.CLOSED, true),
    CPU_PER_TOKEN("processor time per token", Load.CLOSED, true),
    BYTES_PER_TOKEN("allocated bytes per token", Load.CLOSED, true),
    GC_SHARE("garbage collection, points of the time", Load.CLOSED, true),
    OPEN_TPOT_P50("time per output token, p50", Load.OPEN, true),
    /** Pooled over the blocks that a resample draws: a block alone has too few requests. */
    TTFT_TAIL("time to first token, tail", Load.OPEN, true);

    /** How requests come. */
    enum Load {
        /** As many at once as saturate the server: capacity, and cost per token. */
        CLOSED(0),
        /** At a share of the capacity: latencies. */
        OPEN(1);

        private final int number;

        Load(int number) {
            this.number = number;
        }

        /** Part of the seeds: never changed, so that a seed stays an experiment. */
        int number() {
            return number;
        }
    }

    private final String meaning;
    private final Load load;
    private final boolean lowerIsBetter;

    Outcome(String meaning, Load load, boolean lowerIsBetter) {
        this.meaning = meaning;
        this.load = load;
        this.lowerIsBetter = lowerIsBetter;
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

    /** Of a block alone; NaN if it does not have it. */
    double of(Block block) {
        return switch (this) {
            case TOKENS_PER_SECOND -> block.tokensPerSecond();
            case TPOT_P50, OPEN_TPOT_P50 -> Statistics.quantile(block.tpotMs(), 0.5);
            case CPU_PER_TOKEN -> block.cpuNanosPerToken();
            case BYTES_PER_TOKEN -> block.allocatedBytesPerToken();
            // Often none: compared as a difference of shares, which the logarithm of the exponential is.
            case GC_SHARE -> StrictMath.exp(block.gcShare());
            case TTFT_TAIL -> Double.NaN;
        };
    }

    /** Turns a difference of logarithms so that a positive one is a cost. */
    double cost(double logRatio) {
        return lowerIsBetter ? logRatio : -logRatio;
    }
}
