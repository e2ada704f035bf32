package io.vitrine.model.engine;

/**
 * Limits of the engine.
 *
 * @param slots most sequences that run at once
 * @param queueLimit most requests that wait
 * @param prefillChunk most prompt tokens computed in one step; fewer beside sequences that decode
 * @param draftTokens most tokens of a sequence guessed ahead in one step; 0 for none. Never changes an answer
 * @param prefixCacheBytes most bytes of KV pages that the prefix cache may hold; 0 for no cache. It may be all there are: what
 *     only the cache holds gives way to running sequences
 * @param timedStepInterval the clock inside the model is read on one step in this many
 */
public record EngineSettings(
        int slots, int queueLimit, int prefillChunk, int draftTokens, long prefixCacheBytes, int timedStepInterval) {

    public EngineSettings {
        requirePositive("slots", slots);
        requirePositive("prefillChunk", prefillChunk);
        requirePositive("timedStepInterval", timedStepInterval);
        requireNotNegative("queueLimit", queueLimit);
        requireNotNegative("draftTokens", draftTokens);
        requireNotNegative("prefixCacheBytes", prefixCacheBytes);
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be >= 0: " + value);
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be >= 1: " + value);
        }
    }
}
