package io.vitrine.server.api;

/**
 * How the answer goes out.
 *
 * @param enabled as server-sent events while it is made, not whole at its end
 * @param includeUsage one more event at the end with the token counts
 * @param continuousUsage the counts so far on every event; only together with {@code includeUsage}
 */
public record StreamOptions(boolean enabled, boolean includeUsage, boolean continuousUsage) {

    /** Whole, at its end. */
    public static final StreamOptions OFF = new StreamOptions(false, false, false);
}
