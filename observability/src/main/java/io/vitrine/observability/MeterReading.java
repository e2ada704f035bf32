package io.vitrine.observability;

import java.util.SortedMap;

/**
 * The value of one series of a meter now.
 *
 * @param name as Prometheus shows it; of a histogram there are {@code _count} and {@code _sum}
 * @param labels those that are known, as Prometheus shows them
 * @param value finite
 */
public record MeterReading(String name, SortedMap<String, String> labels, double value) {}
