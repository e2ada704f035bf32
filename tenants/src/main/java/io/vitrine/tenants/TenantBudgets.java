package io.vitrine.tenants;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What a tenant may spend.
 *
 * @param dayLimit in a UTC day; null for no limit
 * @param monthLimit in a UTC month, in the same currency; null for no limit
 */
public record TenantBudgets(
        @Nullable Money dayLimit, @Nullable Money monthLimit) {

    public static final TenantBudgets NONE = new TenantBudgets(null, null);

    public TenantBudgets {
        requireNotNegative("day", dayLimit);
        requireNotNegative("month", monthLimit);
        if (dayLimit != null && monthLimit != null && !dayLimit.currency().equals(monthLimit.currency())) {
            throw new IllegalArgumentException(
                    "the budgets of day and month must have one currency: " + dayLimit + ", " + monthLimit);
        }
    }

    private static void requireNotNegative(String period, @Nullable Money limit) {
        if (limit != null && limit.nanos() < 0) {
            throw new IllegalArgumentException("the budget of a " + period + " must be >= 0: " + limit);
        }
    }

    public Optional<Money> day() {
        return Optional.ofNullable(dayLimit);
    }

    public Optional<Money> month() {
        return Optional.ofNullable(monthLimit);
    }
}
