package io.vitrine.store.telemetry;

import java.util.List;

/**
 * What was deleted of one tenant.
 *
 * @param deletions where rows were found; files without any are not named
 * @param cleared rows that belong to no tenant, steps for instance, and lost its request ids
 * @param setAside damaged files: what they hold of the tenant is still in them
 */
public record DeletionReceipt(
        String tenantId, List<Deletion> deletions, List<Deletion> cleared, List<String> setAside) {

    /** So many rows of one signal in one file. */
    public record Deletion(Signal signal, String file, long rows) {}

    public DeletionReceipt {
        deletions = List.copyOf(deletions);
        cleared = List.copyOf(cleared);
        setAside = List.copyOf(setAside);
    }

    public long rows() {
        return deletions.stream().mapToLong(Deletion::rows).sum();
    }
}
