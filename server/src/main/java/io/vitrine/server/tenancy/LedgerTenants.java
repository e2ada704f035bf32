package io.vitrine.server.tenancy;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.store.ledger.Tenants;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantStore;

/** Tenants in the ledger, as JSON. */
final class LedgerTenants implements TenantStore {

    private final Tenants rows;
    private final Clock clock;

    LedgerTenants(Tenants rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public List<Tenant> all() {
        return rows.all().entrySet().stream()
                .map(row -> TenantJson.parse(row.getValue(), "tenant " + row.getKey() + " in the ledger"))
                .toList();
    }

    @Override
    public void apply(Collection<Tenant> saved, Set<String> removedIds) {
        Map<String, String> json = saved.stream().collect(Collectors.toMap(Tenant::id, tenant -> TenantJson.of(tenant)
                .toString()));
        rows.apply(json, removedIds, clock.millis()).join();
    }
}
