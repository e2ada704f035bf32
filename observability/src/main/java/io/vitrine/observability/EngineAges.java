package io.vitrine.observability;

import java.util.function.DoubleSupplier;

/**
 * Ages that are read from an engine at each scrape, in seconds: they grow while it is stuck and no counter moves.
 *
 * @param oldestWaiting of the sequence that has waited longest for a slot; 0 if none waits
 * @param oldestRunning of the sequence that has held its slot longest; 0 if none runs
 * @param step of the step in progress; 0 while there is none
 */
public record EngineAges(DoubleSupplier oldestWaiting, DoubleSupplier oldestRunning, DoubleSupplier step) {}
