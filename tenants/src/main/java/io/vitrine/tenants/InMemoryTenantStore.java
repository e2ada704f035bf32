package io.vitrine.tenants;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps tenants as long as the process lives: for a server without a data folder, and for tests. Any thread. */
public final class InMemoryTenantStore implements TenantStore {

    private final Map<String, Tenant> tenants = new LinkedHashMap<>();

    @Override
    public synchronized List<Tenant> all() {
        return List.copyOf(tenants.values());
    }

    @Override
    public synchronized void apply(Collection<Tenant> saved, Set<String> removedIds) {
        saved.forEach(tenant -> tenants.put(tenant.id(), tenant));
        tenants.keySet().removeAll(removedIds);
    }
}
