package io.vitrine.server.api;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vitrine.store.ledger.AuditEntry;
import org.jspecify.annotations.Nullable;

/** A change of a tenant or key: when (ISO 8601), who did what to whom, and how. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditBody(
        String at,
        String actor,
        String action,
        String subject,
        @Nullable String detail) {

    public static AuditBody of(AuditEntry entry) {
        return new AuditBody(
                Instant.ofEpochMilli(entry.epochMillis()).toString(),
                entry.actor(),
                entry.action(),
                entry.target(),
                entry.detail());
    }
}
