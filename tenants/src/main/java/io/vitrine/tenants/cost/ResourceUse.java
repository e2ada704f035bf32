package io.vitrine.tenants.cost;

import org.jspecify.annotations.Nullable;

/**
 * What a request took of the machine.
 *
 * @param stepNanos its shares of all steps: those of all requests add up to the time in which the machine was busy
 * @param kvByteSeconds bytes of its KV pages times how long it held them; a shared page counts in parts
 * @param joules its share of what a meter measured; null where there is no meter
 */
public record ResourceUse(
        long stepNanos, double kvByteSeconds, @Nullable Double joules) {

    public ResourceUse {
        if (stepNanos < 0 || !(kvByteSeconds >= 0) || (joules != null && !(joules >= 0))) {
            throw new IllegalArgumentException(
                    "what a request took must be >= 0: " + stepNanos + ", " + kvByteSeconds + ", " + joules);
        }
    }
}
