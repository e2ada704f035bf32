package io.vitrine.observability.metrics;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Bounds the tenants that have series of their own: the busiest few, everyone else being {@value #OTHER}. Any thread.
 *
 * <p>A tenant takes the place of the least busy of them once it has made twice as many requests: places change hands a few
 * times and not with every request, as a database of series needs. The one that leaves counts under {@value #OTHER} from
 * then on and its series end, so rates stay right, and what a tenant owes is the ledger's to say. Tenants are configured, so
 * that there is a number for each is bounded too.
 */
final class TopTenants {

    static final String OTHER = "other";

    private static final int LEAD = 2;

    private final int limit;
    private final Consumer<String> left;
    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
    private final Set<String> top = ConcurrentHashMap.newKeySet();

    /** @param left told a tenant whose series end */
    TopTenants(int limit, Consumer<String> left) {
        this.limit = limit;
        this.left = left;
    }

    /** Counts a request, and gives the label that it counts under. */
    String label(String tenant) {
        LongAdder count = requests.computeIfAbsent(tenant, name -> new LongAdder());
        count.increment();
        return top.contains(tenant) || enters(tenant, count.sum()) ? tenant : OTHER;
    }

    private synchronized boolean enters(String tenant, long count) {
        if (top.size() >= limit) {
            String last = leastBusy();
            if (count < LEAD * count(last)) {
                return false;
            }
            top.remove(last);
            left.accept(last);
        }
        return top.add(tenant) || top.contains(tenant);
    }

    private String leastBusy() {
        return top.stream().min(Comparator.comparingLong(this::count)).orElseThrow();
    }

    private long count(String tenant) {
        return requests.getOrDefault(tenant, new LongAdder()).sum();
    }
}
