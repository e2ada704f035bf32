package io.vitrine.server.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/** Bounds the failed logins of a minute, of each address and of all together. On the management port's event loop. */
final class LoginLimit {

    private static final long WINDOW = Duration.ofMinutes(1).toNanos();
    private static final int ALL_FACTOR = 10;

    private final int failuresOfAddress;
    private final LongSupplier nanoClock;
    /** Of the current minute; at most {@code failuresOfAddress * ALL_FACTOR} addresses. */
    private final Map<String, Integer> failures = new HashMap<>();

    private int allFailures;
    private long windowNanos;

    LoginLimit(int failuresOfAddress, LongSupplier nanoClock) {
        this.failuresOfAddress = failuresOfAddress;
        this.nanoClock = nanoClock;
        this.windowNanos = nanoClock.getAsLong();
    }

    /** @throws ApiException 429 if there were too many failures */
    void require(String address) {
        long now = nanoClock.getAsLong();
        if (now - windowNanos >= WINDOW) {
            windowNanos = now;
            allFailures = 0;
            failures.clear();
        }
        if (failures.getOrDefault(address, 0) >= failuresOfAddress || allFailures >= failuresOfAddress * ALL_FACTOR) {
            throw new ApiException(ErrorReason.REQUEST_RATE_EXCEEDED, "too many failed logins; try again later")
                    .retryAfter(Duration.ofNanos(windowNanos + WINDOW - now));
        }
    }

    void failed(String address) {
        allFailures++;
        failures.merge(address, 1, Integer::sum);
    }
}
