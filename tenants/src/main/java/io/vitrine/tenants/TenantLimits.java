package io.vitrine.tenants;

/**
 * How much a tenant may ask for.
 *
 * @param requestsPerMinute 1 to {@value #MAX_PER_MINUTE}, or {@link #UNLIMITED}
 * @param tokensPerMinute prompt and answer together, 1 to {@value #MAX_PER_MINUTE}, or {@link #UNLIMITED}
 * @param concurrentRequests waiting ones included, at least 1, or {@link #UNLIMITED}
 * @param contextTokens prompt and answer of one request, at least 1, or {@link #UNLIMITED}: then the model's
 * @param outputTokens answer of one request, at least 1, or {@link #UNLIMITED}: then what the context leaves
 */
public record TenantLimits(
        long requestsPerMinute, long tokensPerMinute, long concurrentRequests, long contextTokens, long outputTokens) {

    /** More than anyone can ask for. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** The largest rate for which a bucket's exact arithmetic fits a {@code long}. */
    public static final long MAX_PER_MINUTE = 50_000_000;

    /** No limit at all but the server's own. */
    public static final TenantLimits NONE = new TenantLimits(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

    public TenantLimits {
        requireRate("requestsPerMinute", requestsPerMinute);
        requireRate("tokensPerMinute", tokensPerMinute);
        requirePositive("concurrentRequests", concurrentRequests);
        requirePositive("contextTokens", contextTokens);
        requirePositive("outputTokens", outputTokens);
    }

    private static void requireRate(String name, long value) {
        if (value != UNLIMITED && (value < 1 || value > MAX_PER_MINUTE)) {
            throw new IllegalArgumentException(
                    name + " must be from 1 to " + MAX_PER_MINUTE + ", or unlimited: " + value);
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + value);
        }
    }
}
