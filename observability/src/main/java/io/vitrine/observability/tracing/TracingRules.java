package io.vitrine.observability.tracing;

import java.time.Duration;
import java.util.Set;

/**
 * Which traces are kept and how closely requests are looked at. Can be replaced while the server runs.
 *
 * @param ratio of the traces nobody asks for, how many are kept: 0 to 1
 * @param adaptiveRatio most that {@code ratio} is raised to while requests fail; no effect below it
 * @param spansPerSecond most spans kept in a second by chance or because a client wants it; what must be kept is kept beyond it
 * @param slowFirstToken a request that took longer to its first token is kept
 * @param slowRequest a request that took longer is kept
 * @param priorityTenants whose traces are all kept
 * @param headerTenants who may ask by header; {@value #EVERYONE} for everyone
 * @param trustParent tenants whose callers' sampling decision is followed: the sampled flag of {@code traceparent}; {@value #EVERYONE} for everyone
 * @param detailedTenants whose requests are all seen step by step
 * @param detailedRatio of all requests, how many are seen step by step: 0 to 1
 */
public record TracingRules(
        double ratio,
        double adaptiveRatio,
        int spansPerSecond,
        Duration slowFirstToken,
        Duration slowRequest,
        Set<String> priorityTenants,
        Set<String> headerTenants,
        Set<String> trustParent,
        Set<String> detailedTenants,
        double detailedRatio) {

    /** Stands for every tenant. */
    public static final String EVERYONE = "*";

    /** Most tenants in one of the sets. */
    static final int MAX_TENANTS = 1_000;

    public TracingRules {
        requireRatio("ratio", ratio);
        requireRatio("adaptiveRatio", adaptiveRatio);
        requireRatio("detailedRatio", detailedRatio);
        if (spansPerSecond < 1) {
            throw new IllegalArgumentException("spansPerSecond must be >= 1: " + spansPerSecond);
        }
        requirePositive("slowFirstToken", slowFirstToken);
        requirePositive("slowRequest", slowRequest);
        priorityTenants = bounded("priorityTenants", priorityTenants);
        headerTenants = bounded("headerTenants", headerTenants);
        trustParent = bounded("trustParent", trustParent);
        detailedTenants = bounded("detailedTenants", detailedTenants);
    }

    boolean mayAsk(String tenant) {
        return headerTenants.contains(EVERYONE) || headerTenants.contains(tenant);
    }

    boolean trustsParentOf(String tenant) {
        return trustParent.contains(EVERYONE) || trustParent.contains(tenant);
    }

    private static void requireRatio(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be between 0 and 1: " + value);
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }

    private static Set<String> bounded(String name, Set<String> tenants) {
        if (tenants.size() > MAX_TENANTS) {
            throw new IllegalArgumentException(
                    name + " must not have more than " + MAX_TENANTS + " tenants: " + tenants.size());
        }
        return Set.copyOf(tenants);
    }
}
