package io.vitrine.server.costs;

import java.math.BigDecimal;
import java.util.OptionalDouble;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vitrine.store.ledger.CostSum;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.cost.BusinessTotal;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant's requests to one model came to on one day (UTC). Amounts are in units of the currency, the four quotients too;
 * what is not known is null, and left out of JSON.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "day",
    "tenant",
    "model",
    "requests",
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
        @JsonProperty("input_tokens") long inputTokens,
        @JsonProperty("cached_tokens") long cachedTokens,
        @JsonProperty("output_tokens") long outputTokens,
        String currency,
        BigDecimal revenue,
        @JsonProperty("infrastructure_cost") BigDecimal infrastructureCost,
        BigDecimal margin,

        @JsonProperty("revenue_per_request") @Nullable Double revenuePerRequest,

        @JsonProperty("cost_per_request") @Nullable Double costPerRequest,

        @JsonProperty("cost_per_token") @Nullable Double costPerToken,

        @JsonProperty("margin_ratio") @Nullable Double marginRatio,

        @JsonProperty("engine_seconds") double engineSeconds,
        @JsonProperty("kv_gibibyte_hours") double kvGibibyteHours,
        @Nullable Double joules,
        long ratings,
        @Nullable Double satisfaction) {

    private static final double BYTE_SECONDS_A_GIBIBYTE_HOUR = 3_600.0 * (1L << 30);

    static CostLine of(CostSum sum) {
        BusinessTotal total = new BusinessTotal(
                sum.requests(),
                sum.inputTokens() + sum.outputTokens(),
                new Money(sum.revenueBillionths(), sum.currency()),
                new Money(sum.infrastructureBillionths(), sum.currency()));
        return new CostLine(
                sum.day().toString(),
                sum.tenantId(),
                sum.modelName(),
                sum.requests(),
                sum.inputTokens(),
                sum.cachedTokens(),
                sum.outputTokens(),
                sum.currency(),
                total.revenue().amount(),
                total.infrastructure().amount(),
                total.margin().amount(),
                orNull(total.revenuePerRequest()),
                orNull(total.costPerRequest()),
                orNull(total.costPerToken()),
                orNull(total.marginRatio()),
                sum.engineNanos() / 1e9,
                sum.kvByteSeconds() / BYTE_SECONDS_A_GIBIBYTE_HOUR,
                sum.joules(),
                sum.ratings(),
                sum.averageScore());
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
