package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * An incident as it is stored.
 *
 * @param version counts its changes from 1; 0 for one that is not stored yet
 * @param endedMillis when it was closed, merged or declined; null before
 * @param dueDay earliest due date of its open action items, in days since 1970; null without one
 * @param json all of the incident, in the caller's format
 */
public record IncidentRow(
        long id,
        long version,
        String severity,
        String state,
        long detectedMillis,
        @Nullable Long endedMillis,
        @Nullable Long dueDay,
        String json) {}
