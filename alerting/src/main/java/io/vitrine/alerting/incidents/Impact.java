package io.vitrine.alerting.incidents;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Requests that ended while an incident lasted, from the cost ledger.
 *
 * @param requests by outcome
 * @param affectedTenants tenants with a request that failed or timed out
 */
public record Impact(SortedMap<String, Long> requests, long affectedTenants) {

    public Impact {
        requests = Collections.unmodifiableSortedMap(new TreeMap<>(requests));
    }

    /** No request ended. */
    public static final Impact NONE = new Impact(new TreeMap<>(Map.of()), 0);

    /** Requests of every outcome. */
    public long total() {
        return requests.values().stream().mapToLong(Long::longValue).sum();
    }
}
