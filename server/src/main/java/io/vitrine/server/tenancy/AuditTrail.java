package io.vitrine.server.tenancy;

import java.util.List;
import java.util.Optional;

import io.vitrine.observability.IncidentChange;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.PolicyChange;
import io.vitrine.store.ledger.AuditEntry;
import io.vitrine.store.ledger.AuditLog;
import io.vitrine.store.ledger.AuditRow;

/**
 * Reports each change of a tenant, key or incident once, in the order of the ledger, by this server and by commands beside
 * it. Blocks on reading; any thread.
 */
final class AuditTrail {

    private static final int AT_ONCE = 1_000;

    private final AuditLog rows;
    private final LifecycleListener events;
    private long toldId;

    /** Changes that are in the ledger already are not told. */
    AuditTrail(AuditLog rows, LifecycleListener events) {
        this.rows = rows;
        this.events = events;
        this.toldId =
                rows.latest(1).stream().mapToLong(AuditRow::id).findFirst().orElse(0);
    }

    synchronized void tellNew() {
        List<AuditRow> fresh = rows.after(toldId, AT_ONCE);
        while (!fresh.isEmpty()) {
            fresh.forEach(this::tell);
            fresh = rows.after(toldId, AT_ONCE);
        }
    }

    private void tell(AuditRow row) {
        toldId = row.id();
        AuditEntry entry = row.entry();
        IncidentChange.Kind.of(entry.action())
                .ifPresent(kind -> events.incidentChanged(new IncidentChange(
                        kind,
                        entry.actor(),
                        entry.target(),
                        Optional.ofNullable(entry.detail()).orElse(""))));
        PolicyChange.Kind.of(entry.action())
                .ifPresent(kind -> events.policyChanged(new PolicyChange(
                        kind,
                        entry.actor(),
                        entry.target(),
                        Optional.ofNullable(entry.detail()).orElse(""))));
    }
}
