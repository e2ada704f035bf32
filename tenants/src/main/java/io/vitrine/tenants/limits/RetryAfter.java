package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When it makes sense to ask again, as the headers of a 429 say it.
 *
 * @param delay from now, not negative
 */
public record RetryAfter(Duration delay) {

    public RetryAfter {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative: " + delay);
        }
    }

    static RetryAfter nanos(long nanos) {
        return new RetryAfter(Duration.ofNanos(nanos));
    }

    /** Rounded up, at least 1: {@code Retry-After} of RFC 9110 knows whole seconds only. */
    public long seconds() {
        return Math.max(1, delay.plusNanos(999_999_999).toSeconds());
    }

    /** Rounded up, at least 1; clients of OpenAI's kind obey {@code retry-after-ms} before the other. */
    public long millis() {
        return Math.max(1, delay.plusNanos(999_999).toMillis());
    }

    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("retry-after", Long.toString(seconds()));
        headers.put("retry-after-ms", Long.toString(millis()));
        return headers;
    }
}
