package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Which log events are meant, beside a time; null is any.
 *
 * @param text words that must all be in the message, as words, in any case
 * @param requestId one request's
 * @param level of this level
 * @param event of this name
 * @param tenantId one tenant's
 * @param traceId of one trace
 */
public record LogFilter(
        @Nullable String text,
        @Nullable String requestId,
        @Nullable String level,
        @Nullable String event,
        @Nullable String tenantId,
        @Nullable String traceId) {

    /** All. */
    public static final LogFilter ANY = new LogFilter(null, null, null, null);

    /** Of every tenant and trace. */
    public LogFilter(
            @Nullable String text, @Nullable String requestId, @Nullable String level, @Nullable String event) {
        this(text, requestId, level, event, null, null);
    }

    /** By the words of the message. */
    public static LogFilter text(@Nullable String text) {
        return new LogFilter(text, null, null, null);
    }

    /** All of one request. */
    public static LogFilter request(String requestId) {
        return new LogFilter(null, requestId, null, null);
    }
}
