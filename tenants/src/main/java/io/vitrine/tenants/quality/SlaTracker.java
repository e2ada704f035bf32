package io.vitrine.tenants.quality;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.tenants.SlaTargets;
import io.vitrine.tenants.Tenant;

/**
 * Keeps, for every tenant that was promised something, how it was served over the last while. Any thread; tenants without
 * targets cost nothing, and those that have not come for a window are forgotten by {@link #forgetIdle}.
 */
public final class SlaTracker {

    private final Clock clock;
    private final long partMillis;
    private final Map<String, SlaWindow> windows = new ConcurrentHashMap<>();

    /**
     * @param window over which compliance is judged, at least a second; it moves in sixtieths
     */
    public SlaTracker(Clock clock, Duration window) {
        if (window.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("window must be at least a second: " + window);
        }
        this.clock = clock;
        this.partMillis = window.toMillis() / SlaWindow.PARTS;
    }

    /** A request of the tenant has ended. */
    public void add(Tenant tenant, ServedRequest request) {
        tenant.sla()
                .ifPresent(targets -> windows.compute(tenant.id(), (id, known) -> {
                    SlaWindow window = known == null ? new SlaWindow() : known;
                    window.add(targets, request, part());
                    return window;
                }));
    }

    /** How the tenant was served; empty if it was promised nothing. */
    public Optional<SlaCompliance> compliance(Tenant tenant) {
        return tenant.sla().map(targets -> compliance(tenant.id(), targets));
    }

    private SlaCompliance compliance(String tenantId, SlaTargets targets) {
        SlaWindow window = windows.get(tenantId);
        return window == null ? new SlaCompliance(targets, 0, 1, 1, 1) : window.compliance(targets, part());
    }

    /** To be called once a window or so. */
    public void forgetIdle() {
        windows.keySet()
                .forEach(tenantId ->
                        windows.computeIfPresent(tenantId, (same, window) -> window.empty(part()) ? null : window));
    }

    /** How many tenants are remembered. */
    public int trackedTenants() {
        return windows.size();
    }

    private long part() {
        return clock.millis() / partMillis;
    }
}
