package io.vitrine.observability.metrics;

import java.util.concurrent.atomic.LongAdder;

import io.vitrine.observability.EngineState;

/**
 * What the steps of one model have read from memory, by estimate: all weights once a step, and the KV pages that running sequences hold.
 * What a cache keeps of the weights makes it less, what is read twice makes it more.
 * Written by the engine thread, which allocates nothing; read by any.
 */
final class StepReads {

    private final LongAdder steps = new LongAdder();
    private final LongAdder pages = new LongAdder();
    private volatile long weightBytes;
    private volatile long pageBytes;

    /** How large what is read is; before that nothing counts. */
    void sizes(EngineState.Memory memory) {
        weightBytes = memory.weightBytes();
        pageBytes = memory.kvPageBytes();
    }

    void step(int kvPages) {
        steps.increment();
        pages.add(kvPages);
    }

    long bytes() {
        return steps.sum() * weightBytes + pages.sum() * pageBytes;
    }
}
