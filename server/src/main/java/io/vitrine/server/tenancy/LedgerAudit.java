package io.vitrine.server.tenancy;

import java.util.Locale;

import io.vitrine.store.ledger.AuditEntry;
import io.vitrine.tenants.AuditLog;

/** Writes changes down in the ledger, for good. */
final class LedgerAudit implements AuditLog {

    private final io.vitrine.store.ledger.AuditLog rows;

    LedgerAudit(io.vitrine.store.ledger.AuditLog rows) {
        this.rows = rows;
    }

    @Override
    public void record(io.vitrine.tenants.AuditEntry entry) {
        rows.record(new AuditEntry(
                        entry.at().toEpochMilli(),
                        entry.actor(),
                        entry.action().name().toLowerCase(Locale.ROOT),
                        entry.subject(),
                        entry.detail()))
                .join();
    }
}
