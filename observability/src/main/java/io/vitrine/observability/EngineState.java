package io.vitrine.observability;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What can be read from a running engine at any moment; read at each scrape, on the scraping thread.
 *
 * @param runningCount sequences with a slot
 * @param waitingCount requests in the queue
 * @param kvPagesUsed pages in use
 * @param listenerFailureCount calls of listeners that threw, since the engine's start
 * @param slots most sequences that run at once
 * @param queueLimit most requests that wait
 * @param kvPageCount pages there are
 * @param kvPagePositions positions in a page
 * @param memory what a step reads
 */
public record EngineState(
        IntSupplier runningCount,
        IntSupplier waitingCount,
        IntSupplier kvPagesUsed,
        LongSupplier listenerFailureCount,
        int slots,
        int queueLimit,
        int kvPageCount,
        int kvPagePositions,
        Memory memory) {

    /**
     * What a step reads.
     *
     * @param weightBytes of a step: the weights of all layers and of the head
     * @param kvPageBytes of one KV page, all layers
     * @param ofHost whether that is the machine's memory, and not a GPU's
     */
    public record Memory(long weightBytes, long kvPageBytes, boolean ofHost) {}

    /** Part of the pages that is in use, 0 to 1. */
    public double kvUtilization() {
        return (double) kvPagesUsed.getAsInt() / kvPageCount;
    }

    /** Bytes of a GPU that the KV cache has allocated and does not use. */
    public long kvUnusedGpuBytes() {
        return memory.ofHost() ? 0 : (kvPageCount - kvPagesUsed.getAsInt()) * memory.kvPageBytes();
    }
}
