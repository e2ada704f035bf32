package io.vitrine.tenants;

/** Where every change of a tenant or a key is told, once, after it holds. Called by the thread that made the change. */
@FunctionalInterface
public interface AuditLog {
    void record(AuditEntry entry);
}
