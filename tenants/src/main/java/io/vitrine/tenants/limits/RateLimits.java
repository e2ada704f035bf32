package io.vitrine.tenants.limits;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.vitrine.tenants.Tenant;

/**
 * Decides whether a tenant's request may run now: requests a minute and requests at once when its head is there,
 * tokens a minute when it is known how many it may need.
 *
 * <p>Any thread; one short lock a tenant. A tenant is remembered while anything is taken from its buckets or one of
 * its requests runs. The others are forgotten by {@link #forgetIdle}, and without it whenever the number remembered
 * has doubled, so memory follows the tenants active in a minute, not all that ever came.
 */
public final class RateLimits {

    private static final int FIRST_SWEEP = 1_024;

    private final LongSupplier nanoClock;
    private final Map<String, TenantGate> gates = new ConcurrentHashMap<>();
    private volatile int sweepAt = FIRST_SWEEP;

    /**
     * @param nanoClock monotonic nanoseconds, of any origin
     */
    public RateLimits(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * Takes one request and a place among the concurrent ones, or nothing. Before anything of the request is read but
     * its head; its tokens are reserved by the permit. A tenant without a token left is refused here too.
     */
    public Admission enter(Tenant tenant) {
        while (true) {
            Optional<Admission> admission = gate(tenant.id()).enter(tenant.limits());
            if (admission.isPresent()) {
                return admission.get();
            }
        }
    }

    /** What a tenant has left now; takes nothing. */
    public RateState state(Tenant tenant) {
        TenantGate gate = gates.get(tenant.id());
        // A gate of its own is not remembered for a look: one that was forgotten would say the same.
        return (gate == null ? new TenantGate(nanoClock) : gate).state(tenant.limits());
    }

    private TenantGate gate(String tenantId) {
        TenantGate gate = gates.get(tenantId);
        if (gate != null) {
            return gate;
        }
        if (gates.size() >= sweepAt) {
            forgetIdle();
        }
        return gates.computeIfAbsent(tenantId, id -> new TenantGate(nanoClock));
    }

    /** Forgets every tenant with full buckets and nothing running. */
    public void forgetIdle() {
        gates.values().removeIf(TenantGate::forgetIfIdle);
        sweepAt = Math.max(FIRST_SWEEP, 2 * gates.size());
    }

    /** How many tenants are remembered. */
    public int trackedTenants() {
        return gates.size();
    }
}
