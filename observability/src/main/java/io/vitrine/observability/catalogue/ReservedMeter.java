package io.vitrine.observability.catalogue;

/**
 * A number whose place in the catalogue is settled and that nothing tells yet: no scrape has it.
 *
 * @param meaning one sentence
 * @param filledBy what has to be there first
 */
public record ReservedMeter(String name, MeterKind kind, String unit, String meaning, String filledBy) {}
