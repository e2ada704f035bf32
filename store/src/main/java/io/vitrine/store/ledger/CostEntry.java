package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What one request used and what it is charged: one row of the ledger, written once and never changed.
 *
 * @param entryId the server's own key; the same key is entered once
 * @param requestId the id the client sees; others, and the same tenant later, may use it too
 * @param atEpochMillis when the request was let in: the day and month that it is charged to
 * @param keyId the prefix of the key it came with, or null where none is asked for
 * @param outcome how it ended, in the words of the log, as far as was known when its answer was complete
 * @param inputTokens prompt tokens, cached ones included
 * @param cachedTokens prompt tokens that the prefix cache had
 * @param currency ISO 4217 code of both amounts
 * @param revenueBillionths by the price book, in billionths of the currency; null if the model has no price
 * @param infrastructureBillionths what the machine cost meanwhile, in billionths of the currency; null if it has no price
 * @param engineNanos its share of the engine's steps
 * @param kvByteSeconds bytes of KV pages times how long they were held
 * @param joules energy, or null where nothing measures it
 * @param traceId its trace, kept or not, or null if there was none
 */
public record CostEntry(
        String entryId,
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
        @Nullable Long revenueBillionths,
        @Nullable Long infrastructureBillionths,
        long engineNanos,
        double kvByteSeconds,
        @Nullable Double joules,
        @Nullable String traceId) {

    public CostEntry {
        requireNotNegative("inputTokens", inputTokens);
        requireNotNegative("cachedTokens", cachedTokens);
        requireNotNegative("outputTokens", outputTokens);
        requireNotNegative("revenueBillionths", revenueBillionths == null ? 0 : revenueBillionths);
        requireNotNegative("infrastructureBillionths", infrastructureBillionths == null ? 0 : infrastructureBillionths);
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

    /** The same under another name, without key and trace. */
    CostEntry under(String tenant, String id) {
        return new CostEntry(
                id,
                id,
                atEpochMillis,
                tenant,
                null,
                modelName,
                route,
                outcome,
                inputTokens,
                cachedTokens,
                outputTokens,
                currency,
                revenueBillionths,
                infrastructureBillionths,
                engineNanos,
                kvByteSeconds,
                joules,
                null);
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must be >= 0: " + value);
        }
    }
}
