package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Who changed what.
 *
 * @param epochMillis when
 * @param target what was changed
 * @param detail how, or null
 */
public record AuditEntry(
        long epochMillis,
        String actor,
        String action,
        String target,
        @Nullable String detail) {}
