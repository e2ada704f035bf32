package io.vitrine.server.tenancy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.vitrine.server.config.ServerConfig;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantDirectory;
import io.vitrine.tenants.TenantsFile;
import io.vitrine.tenants.keys.KeyRing;

/**
 * The tenants and keys that a ledger holds, for the server and for commands beside it. Reading works from memory; changes
 * block until they are in the ledger.
 */
public final class TenantRegistry {

    /** Whose requests are that need no key; there from the first start on. */
    public static final String DEFAULT_TENANT = "default";

    private final KeyRing keys;
    private final TenantDirectory tenants;
    private final String currency;
    private final Optional<Path> file;

    TenantRegistry(KeyRing keys, TenantDirectory tenants, String currency, Optional<Path> file) {
        this.keys = keys;
        this.tenants = tenants;
        this.currency = currency;
        this.file = file;
    }

    /** Where a server of this configuration has its ledger. */
    public static LedgerSettings ledger(ServerConfig config) {
        return LedgerSettings.in(config.data().resolve("store"));
    }

    /**
     * What the ledger holds, with the configuration's tenants put in force.
     *
     * @throws io.vitrine.tenants.yaml.YamlException if the file of tenants is not understood
     */
    public static TenantRegistry open(Ledger ledger, ServerConfig config, Clock clock) {
        LedgerAudit audit = new LedgerAudit(ledger.audit());
        byte[] pepper = Pepper.in(ledger(config).directory());
        TenantRegistry registry = new TenantRegistry(
                new KeyRing(new LedgerKeys(ledger.apiKeys()), pepper, clock, audit),
                new TenantDirectory(new LedgerTenants(ledger.tenants(), clock), clock, audit),
                Prices.of(config.prices()).currency(),
                config.tenants().file());
        registry.putConfigured();
        return registry;
    }

    private void putConfigured() {
        tenants.all().values().forEach(this::requireCurrency);
        file.ifPresent(path -> read(path).forEach(tenant -> put(tenant, "file " + path)));
        if (tenants.find(DEFAULT_TENANT).isEmpty()) {
            put(Tenant.unlimited(DEFAULT_TENANT), "first start");
        }
    }

    private static List<Tenant> read(Path file) {
        return TenantsFile.read(text(file), file.toString());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the tenants of " + file + " (tenants.file)", e);
        }
    }

    /**
     * Adds a tenant, or puts another policy in force for one that is there.
     *
     * @throws IllegalArgumentException if its budgets are in another currency than prices are
     */
    public synchronized void put(Tenant tenant, String actor) {
        requireCurrency(tenant);
        boolean isNew = tenants.find(tenant.id()).isEmpty();
        tenants.put(tenant, actor);
        if (isNew) {
            // The ledger has revoked what was left of an earlier tenant of this id.
            keys.reload();
        }
    }

    /**
     * Removes a tenant and revokes its keys for good: a later tenant of the same id starts without keys.
     *
     * @return false if there is no such tenant
     * @throws IllegalArgumentException if the tenant would be back at the next start: the default one, and those of the file
     */
    public synchronized boolean remove(String id, String actor) {
        if (tenants.find(id).isEmpty()) {
            return false;
        }
        requireRemovable(id);
        keys.revokeAll(id, actor);
        tenants.remove(id, actor);
        keys.reload();
        return true;
    }

    private void requireRemovable(String id) {
        if (id.equals(DEFAULT_TENANT)) {
            throw new IllegalArgumentException(
                    "the tenant " + DEFAULT_TENANT
                            + " cannot be removed, since requests without a key belong to it; tenants.keys-required=true refuses them");
        }
        file.filter(path -> read(path).stream().anyMatch(tenant -> tenant.id().equals(id)))
                .ifPresent(path -> {
                    throw new IllegalArgumentException("the tenant " + id + " stands in " + path
                            + " (tenants.file), which would add it again: remove it there first");
                });
    }

    private void requireCurrency(Tenant tenant) {
        Stream.of(tenant.budgets().day(), tenant.budgets().month())
                .flatMap(Optional::stream)
                .filter(limit -> !limit.currency().equals(currency))
                .findFirst()
                .ifPresent(limit -> {
                    throw new IllegalArgumentException("the budgets of tenant " + tenant.id() + " must be in "
                            + currency + ", as prices are: " + limit);
                });
    }

    public KeyRing keys() {
        return keys;
    }

    public TenantDirectory tenants() {
        return tenants;
    }

    /** Takes over what another process has changed in the ledger. */
    synchronized void reload() {
        tenants.reload();
        keys.reload();
    }
}
