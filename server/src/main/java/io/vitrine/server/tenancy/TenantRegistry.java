package io.vitrine.server.tenancy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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

    TenantRegistry(KeyRing keys, TenantDirectory tenants, String currency) {
        this.keys = keys;
        this.tenants = tenants;
        this.currency = currency;
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
                new TenantDirectory(new LedgerTenants(ledger.tenants()), clock, audit),
                Prices.of(config.prices()).currency());
        registry.putConfigured(config.tenants().file());
        return registry;
    }

    private void putConfigured(Optional<Path> file) {
        tenants.all().values().forEach(this::requireCurrency);
        file.ifPresent(
                path -> TenantsFile.read(text(path), path.toString()).forEach(tenant -> put(tenant, "file " + path)));
        if (tenants.find(DEFAULT_TENANT).isEmpty()) {
            put(Tenant.unlimited(DEFAULT_TENANT), "first start");
        }
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
    public void put(Tenant tenant, String actor) {
        requireCurrency(tenant);
        tenants.put(tenant, actor);
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
    void reload() {
        tenants.reload();
        keys.reload();
    }
}
