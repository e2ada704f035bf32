package io.vitrine.server.alerting.delivery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3). */
final class RetryAfter {

    /** A receiver that asks for more gets a request after this time. */
    static final Duration LIMIT = Duration.ofHours(1);

    private static final int DIGITS = 9;

    private RetryAfter() {}

    /** Empty if there is no header, or one that cannot be read; a date in the past is zero. */
    static Optional<Duration> parse(@Nullable String header, long nowMillis) {
        if (header == null) {
            return Optional.empty();
        }
        String text = header.strip();
        if (text.chars().allMatch(digit -> digit >= '0' && digit <= '9') && !text.isEmpty()) {
            return Optional.of(text.length() > DIGITS ? LIMIT : bounded(Duration.ofSeconds(Long.parseLong(text))));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(bounded(Duration.between(Instant.ofEpochMilli(nowMillis), date)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration delay) {
        if (delay.isNegative()) {
            return Duration.ZERO;
        }
        return delay.compareTo(LIMIT) > 0 ? LIMIT : delay;
    }
}
