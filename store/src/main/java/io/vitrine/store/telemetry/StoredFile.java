package io.vitrine.store.telemetry;

import java.time.LocalDate;
import java.util.Optional;

/**
 * A file of the store.
 *
 * @param signal what is in it; empty for a day's file, which has all of them
 * @param name below its tier's directory
 * @param bytes with what belongs to it: a day's file has a write-ahead log
 */
public record StoredFile(Tier tier, Optional<Signal> signal, LocalDate day, String name, long bytes) {}
