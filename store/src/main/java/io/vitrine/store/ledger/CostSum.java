package io.vitrine.store.ledger;

import java.time.LocalDate;

import org.jspecify.annotations.Nullable;

/**
 * What one tenant used of one model on one day (UTC), in one currency.
 *
 * @param unpricedRequests of the requests, those of which no price is known
 * @param uncostedRequests of the requests, those of which no infrastructure cost is known
 * @param revenueBillionths of the priced requests; null if there is none
 * @param infrastructureBillionths of the costed requests; null if there is none
 * @param marginBillionths revenue less infrastructure cost of the requests that have both; null if there is none
 * @param marginRevenueBillionths revenue of the requests that have both; null if there is none
 * @param costedTokens prompt and answer tokens of the costed requests
 * @param costedOutputTokens answer tokens of the costed requests
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
        long unpricedRequests,
        long uncostedRequests,
        long inputTokens,
        long cachedTokens,
        long outputTokens,
        @Nullable Long revenueBillionths,
        @Nullable Long infrastructureBillionths,
        @Nullable Long marginBillionths,
        @Nullable Long marginRevenueBillionths,
        long costedTokens,
        long costedOutputTokens,
        long engineNanos,
        double kvByteSeconds,
        @Nullable Double joules,
        long ratings,
        @Nullable Double averageScore) {}
