package io.vitrine.tenants;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The service level that a tenant was promised.
 *
 * @param ttftLimit longest time to the first token; null if not promised
 * @param endToEndLimit longest time to the last token; null if not promised
 * @param percentile the share of requests, above 0 and up to 1, that must keep the times
 * @param availability the share of requests, 0 to 1, that the server must not fail
 */
public record SlaTargets(
        @Nullable Duration ttftLimit, @Nullable Duration endToEndLimit, double percentile, double availability) {

    public SlaTargets {
        requirePositive("ttft", ttftLimit);
        requirePositive("end-to-end", endToEndLimit);
        if (!(percentile > 0 && percentile <= 1)) {
            throw new IllegalArgumentException("percentile must be above 0 and at most 1: " + percentile);
        }
        if (!(availability >= 0 && availability <= 1)) {
            throw new IllegalArgumentException("availability must be from 0 to 1: " + availability);
        }
    }

    private static void requirePositive(String name, @Nullable Duration limit) {
        if (limit != null && (limit.isNegative() || limit.isZero())) {
            throw new IllegalArgumentException(name + " must be > 0: " + limit);
        }
    }

    public Optional<Duration> ttft() {
        return Optional.ofNullable(ttftLimit);
    }

    public Optional<Duration> endToEnd() {
        return Optional.ofNullable(endToEndLimit);
    }
}
