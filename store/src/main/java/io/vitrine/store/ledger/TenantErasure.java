package io.vitrine.store.ledger;

import java.util.Optional;

/**
 * What became of one tenant in the ledger when its stored telemetry was deleted.
 *
 * @param feedback ratings and comments of its users, deleted
 * @param entries cost entries, which are kept: what was charged is a legal record
 * @param pseudonym whose entries these are from now on, under request ids made at random and without key and trace; empty if they were
 *     left as they are
 * @param keys API keys, kept as hashes
 * @param evidenceItems items of incidents' evidence that named it; their content is deleted
 * @param auditEntries who changed the tenant, kept: the audit log is never changed
 */
public record TenantErasure(
        long feedback, long entries, Optional<String> pseudonym, long keys, long evidenceItems, long auditEntries) {}
