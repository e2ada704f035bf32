package io.vitrine.store.telemetry;

/**
 * All that was deleted since the store was opened.
 *
 * @param files whole files dropped by retention
 * @param bytes of those files
 * @param rows taken out for tenants
 */
public record CleanupCounts(long files, long bytes, long rows) {}
