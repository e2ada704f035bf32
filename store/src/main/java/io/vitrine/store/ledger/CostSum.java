package io.vitrine.store.ledger;

import java.time.LocalDate;

import org.jspecify.annotations.Nullable;

/**
 * What one tenant used of one model on one day (UTC), in one currency.
 *
 * @param joules the sum where measured, or null if no request of the day was
 * @param ratings how many requests were rated by their users
 * @param averageScore mean of those ratings, 0 to 1, or null without any
 */
public record CostSum(
        String tenantId,
        String modelName,
        LocalDate day,
        String currency,
        long requests,
        long inputTokens,
        long cachedTokens,
        long outputTokens,
        long revenueBillionths,
        long infrastructureBillionths,
        long engineNanos,
        double kvByteSeconds,
        @Nullable Double joules,
        long ratings,
        @Nullable Double averageScore) {}
