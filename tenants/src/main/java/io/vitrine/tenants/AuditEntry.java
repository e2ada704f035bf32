package io.vitrine.tenants;

import java.time.Instant;

/**
 * One change of a tenant or a key, for the audit log: who did what to whom, when.
 *
 * @param actor who asked for it: a key's prefix, or the name of the command or file
 * @param subject a tenant's id or a key's prefix
 * @param detail what changed, in words; never a secret
 */
public record AuditEntry(Instant at, String actor, Action action, String subject, String detail) {

    /** What was done. */
    public enum Action {
        TENANT_ADDED,
        TENANT_CHANGED,
        TENANT_REMOVED,
        KEY_CREATED,
        KEY_REVOKED
    }
}
