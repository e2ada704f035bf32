package io.vitrine.tenants;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * All tenants of the server.
 *
 * <p>Reading takes the snapshot that holds now, without a lock; who reads {@link #all} sees one state, never half a change.
 * Changes come one after the other: to the store first (they may block), then in force, then to the audit log, one entry
 * for each tenant that differs. If the store fails nothing has changed.
 */
public final class TenantDirectory {

    /** Most tenants. */
    static final int MAX_TENANTS = 1_000_000;

    private final TenantStore store;
    private final Clock clock;
    private final AuditLog audit;
    private final Object change = new Object();
    private volatile Map<String, Tenant> tenants;

    public TenantDirectory(TenantStore store, Clock clock, AuditLog audit) {
        this.store = store;
        this.clock = clock;
        this.audit = audit;
        this.tenants = byId(store.all());
    }

    /** Takes over what the store holds now: what another process has changed in it. */
    public void reload() {
        synchronized (change) {
            tenants = byId(store.all());
        }
    }

    public Optional<Tenant> find(String id) {
        return Optional.ofNullable(tenants.get(id));
    }

    /** By id; not changed by what comes later. */
    public Map<String, Tenant> all() {
        return tenants;
    }

    /** Adds a tenant, or puts another policy in force for one that is there. */
    public void put(Tenant tenant, String actor) {
        synchronized (change) {
            Map<String, Tenant> next = new HashMap<>(tenants);
            next.put(tenant.id(), tenant);
            changeTo(next, actor);
        }
    }

    /** False if there is no such tenant. The store revokes its keys with it. */
    public boolean remove(String id, String actor) {
        synchronized (change) {
            Map<String, Tenant> next = new HashMap<>(tenants);
            boolean there = next.remove(id) != null;
            changeTo(next, actor);
            return there;
        }
    }

    /**
     * Makes these the only tenants, in one step.
     *
     * @throws IllegalArgumentException if two have one id
     */
    public void replaceAll(Collection<Tenant> all, String actor) {
        synchronized (change) {
            changeTo(byId(all), actor);
        }
    }

    private void changeTo(Map<String, Tenant> next, String actor) {
        if (next.size() > MAX_TENANTS) {
            throw new IllegalArgumentException(
                    "there must not be more than " + MAX_TENANTS + " tenants: " + next.size());
        }
        Map<String, Tenant> before = tenants;
        List<Tenant> saved = next.values().stream()
                .filter(tenant -> !tenant.equals(before.get(tenant.id())))
                .toList();
        Set<String> removed = new HashSet<>(before.keySet());
        removed.removeAll(next.keySet());
        if (saved.isEmpty() && removed.isEmpty()) {
            return;
        }
        store.apply(saved, removed);
        tenants = Map.copyOf(next);
        tell(before, saved, removed, actor);
    }

    private void tell(Map<String, Tenant> before, List<Tenant> saved, Set<String> removed, String actor) {
        Instant now = clock.instant();
        saved.forEach(tenant -> audit.record(entry(before.get(tenant.id()), tenant, actor, now)));
        removed.forEach(
                id -> audit.record(new AuditEntry(now, actor, AuditEntry.Action.TENANT_REMOVED, id, "removed")));
    }

    private static AuditEntry entry(@Nullable Tenant before, Tenant after, String actor, Instant now) {
        return before == null
                ? new AuditEntry(
                        now,
                        actor,
                        AuditEntry.Action.TENANT_ADDED,
                        after.id(),
                        TenantSettings.of(after).toString())
                : new AuditEntry(
                        now,
                        actor,
                        AuditEntry.Action.TENANT_CHANGED,
                        after.id(),
                        TenantSettings.difference(before, after));
    }

    private static Map<String, Tenant> byId(Collection<Tenant> all) {
        Map<String, Tenant> byId = new HashMap<>();
        for (Tenant tenant : all) {
            if (byId.put(tenant.id(), tenant) != null) {
                throw new IllegalArgumentException("there are two tenants " + tenant.id());
            }
        }
        return Map.copyOf(byId);
    }
}
