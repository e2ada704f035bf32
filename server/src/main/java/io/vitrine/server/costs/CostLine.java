package io.vitrine.server.costs;

import java.math.BigDecimal;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vitrine.store.ledger.CostSum;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant's requests to one model came to on one day (UTC). Amounts are in units of the currency, the quotients too; an
 * unknown one is null, in JSON as well.
 *
 * @param unpricedRequests of the requests, those without a price: in {@code revenue} and {@code margin} they do not count
 * @param uncostedRequests of the requests, those without a cost: in the costs and {@code margin} they do not count
 * @param revenuePerRequest revenue ÷ priced requests
 * @param costPerRequest infrastructure cost ÷ costed requests
 * @param costPerToken infrastructure cost ÷ prompt and answer tokens of the costed requests
 * @param costPerOutputToken infrastructure cost ÷ answer tokens of the costed requests
 * @param marginRatio margin ÷ revenue of the requests that have both
 */
@JsonPropertyOrder({
    "day",
    "tenant",
    "model",
    "requests",
    "unpriced_requests",
    "uncosted_requests",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "currency",
    "revenue",
    "infrastructure_cost",
    "margin",
    "revenue_per_request",
    "cost_per_request",
    "cost_per_token",
    "cost_per_output_token",
    "margin_ratio",
    "engine_seconds",
    "kv_gibibyte_hours",
    "joules",
    "ratings",
    "satisfaction"
})
public record CostLine(
        String day,
        String tenant,
        String model,
        long requests,
        @JsonProperty("unpriced_requests") long unpricedRequests,
        @JsonProperty("uncosted_requests") long uncostedRequests,
        @JsonProperty("input_tokens") long inputTokens,
        @JsonProperty("cached_tokens") long cachedTokens,
        @JsonProperty("output_tokens") long outputTokens,
        String currency,
        @Nullable BigDecimal revenue,

        @JsonProperty("infrastructure_cost") @Nullable BigDecimal infrastructureCost,

        @Nullable BigDecimal margin,

        @JsonProperty("revenue_per_request") @Nullable Double revenuePerRequest,

        @JsonProperty("cost_per_request") @Nullable Double costPerRequest,

        @JsonProperty("cost_per_token") @Nullable Double costPerToken,

        @JsonProperty("cost_per_output_token") @Nullable Double costPerOutputToken,

        @JsonProperty("margin_ratio") @Nullable Double marginRatio,

        @JsonProperty("engine_seconds") double engineSeconds,
        @JsonProperty("kv_gibibyte_hours") double kvGibibyteHours,
        @Nullable Double joules,
        long ratings,
        @Nullable Double satisfaction) {

    private static final int DECIMALS = 9;
    private static final double UNIT = 1e9;
    private static final double BYTE_SECONDS_A_GIBIBYTE_HOUR = 3_600.0 * (1L << 30);

    static CostLine of(CostSum sum) {
        return new CostLine(
                sum.day().toString(),
                sum.tenantId(),
                sum.modelName(),
                sum.requests(),
                sum.unpricedRequests(),
                sum.uncostedRequests(),
                sum.inputTokens(),
                sum.cachedTokens(),
                sum.outputTokens(),
                sum.currency(),
                units(sum.revenueBillionths()),
                units(sum.infrastructureBillionths()),
                units(sum.marginBillionths()),
                quotient(sum.revenueBillionths(), (sum.requests() - sum.unpricedRequests()) * UNIT),
                quotient(sum.infrastructureBillionths(), (sum.requests() - sum.uncostedRequests()) * UNIT),
                quotient(sum.infrastructureBillionths(), sum.costedTokens() * UNIT),
                quotient(sum.infrastructureBillionths(), sum.costedOutputTokens() * UNIT),
                quotient(sum.marginBillionths(), sum.marginRevenueBillionths()),
                sum.engineNanos() / 1e9,
                sum.kvByteSeconds() / BYTE_SECONDS_A_GIBIBYTE_HOUR,
                sum.joules(),
                sum.ratings(),
                sum.averageScore());
    }

    private static @Nullable BigDecimal units(@Nullable Long billionths) {
        return billionths == null ? null : BigDecimal.valueOf(billionths, DECIMALS);
    }

    /** A figure to look at, not to add up: a token may cost less than a billionth. */
    private static @Nullable Double quotient(@Nullable Long dividend, @Nullable Number divisor) {
        return dividend == null || divisor == null || divisor.doubleValue() == 0
                ? null
                : dividend / divisor.doubleValue();
    }
}
