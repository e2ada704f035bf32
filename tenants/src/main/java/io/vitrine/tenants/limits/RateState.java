package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What a tenant has left, as the {@code x-ratelimit-*} headers of every answer say it.
 *
 * @param requestWindow null if requests are not limited
 * @param tokenWindow null if tokens are not limited
 */
public record RateState(
        @Nullable Window requestWindow, @Nullable Window tokenWindow) {

    /**
     * One limit.
     *
     * @param limit a minute
     * @param remaining that could be taken now
     * @param reset until all of the limit could be
     */
    public record Window(long limit, long remaining, Duration reset) {}

    public Optional<Window> requests() {
        return Optional.ofNullable(requestWindow);
    }

    public Optional<Window> tokens() {
        return Optional.ofNullable(tokenWindow);
    }

    /** In the form that OpenAI's service has: {@code x-ratelimit-reset-tokens: 1m30s}. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        requests().ifPresent(window -> add(headers, window, "requests"));
        tokens().ifPresent(window -> add(headers, window, "tokens"));
        return headers;
    }

    private static void add(Map<String, String> headers, Window window, String what) {
        headers.put("x-ratelimit-limit-" + what, Long.toString(window.limit()));
        headers.put("x-ratelimit-remaining-" + what, Long.toString(window.remaining()));
        headers.put("x-ratelimit-reset-" + what, words(window.reset()));
    }

    /** {@code 0s}, {@code 20ms}, {@code 1.5s}, {@code 1m30s}; rounded up to milliseconds. */
    private static String words(Duration reset) {
        long millis = reset.plusNanos(999_999).toMillis();
        if (millis > 0 && millis < 1_000) {
            return millis + "ms";
        }
        long minutes = millis / 60_000;
        String seconds =
                Duration.ofMillis(millis % 60_000).toString().substring(2).toLowerCase(Locale.ROOT);
        return minutes == 0 ? seconds : minutes + "m" + seconds;
    }
}
