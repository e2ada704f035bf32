package io.vitrine.store.telemetry;

import java.time.LocalDate;

/**
 * A file that retention has no more room for.
 *
 * @param file name below its tier's directory
 * @param reason in words, with the limit
 */
public record PlannedDeletion(Signal signal, Tier tier, LocalDate day, String file, long bytes, String reason) {}
