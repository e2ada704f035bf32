package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What one request used and what it is charged: one row of the ledger, written once and never changed.
 *
 * @param requestId the id the client sees; the same id is entered once
 * @param atEpochMillis when the request ended
 * @param keyId the prefix of the key it came with, or null where none is asked for
 * @param outcome how it ended, in the words of the log
 * @param inputTokens prompt tokens, cached ones included
 * @param cachedTokens prompt tokens that the prefix cache had
 * @param currency ISO 4217 code of both amounts
 * @param revenueBillionths by the price book, in billionths of the currency
 * @param infrastructureBillionths what the machine cost meanwhile, in billionths of the currency
 * @param engineNanos its share of the engine's steps
 * @param kvByteSeconds bytes of KV pages times how long they were held
 * @param joules energy, or null where nothing measures it
 * @param traceId its trace, or null if none was kept
 */
public record CostEntry(
        String requestId,
        long atEpochMillis,
        String tenantId,
        @Nullable String keyId,
        String modelName,
        String route,
        String outcome,
        long inputTokens,
        long cachedTokens,
        long outputTokens,
        String currency,
        long revenueBillionths,
        long infrastructureBillionths,
        long engineNanos,
        double kvByteSeconds,
        @Nullable Double joules,
        @Nullable String traceId) {

    public CostEntry {
        requireNotNegative("inputTokens", inputTokens);
        requireNotNegative("cachedTokens", cachedTokens);
        requireNotNegative("outputTokens", outputTokens);
        requireNotNegative("revenueBillionths", revenueBillionths);
        requireNotNegative("infrastructureBillionths", infrastructureBillionths);
        requireNotNegative("engineNanos", engineNanos);
        if (cachedTokens > inputTokens) {
            throw new IllegalArgumentException(
                    "cachedTokens must be <= inputTokens, " + inputTokens + ": " + cachedTokens);
        }
        if (!(kvByteSeconds >= 0)) {
            throw new IllegalArgumentException("kvByteSeconds must be >= 0: " + kvByteSeconds);
        }
        if (joules != null && !(joules >= 0)) {
            throw new IllegalArgumentException("joules must be >= 0: " + joules);
        }
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be >= 0: " + value);
        }
    }
}
