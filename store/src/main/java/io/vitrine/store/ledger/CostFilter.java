package io.vitrine.store.ledger;

import java.time.LocalDate;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;

/**
 * Which entries of the ledger are added up.
 *
 * @param from first day, UTC
 * @param to last day, UTC, included
 * @param tenantId one tenant, or null for all
 */
public record CostFilter(
        LocalDate from, LocalDate to, @Nullable String tenantId) {

    public CostFilter {
        if (to.isBefore(from)) {
            throw new IllegalArgumentException("to must not be before from, " + from + ": " + to);
        }
    }

    long fromMillis() {
        return from.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    long endMillis() {
        return to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
