package io.vitrine.server.tenancy;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.store.ledger.AuditEntry;
import io.vitrine.store.ledger.AuditRow;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.budget.Budgets;
import io.vitrine.tenants.keys.KeyInfo;
import io.vitrine.tenants.keys.Scope;
import io.vitrine.tenants.limits.Permit;
import io.vitrine.tenants.limits.RateLimits;
import io.vitrine.tenants.limits.RateState;

/**
 * Who may use a running server, how much and for what money; owns the ledger. What a request asks is answered from memory, on
 * any thread, an event loop's too. The others read or write the ledger and block: they say so.
 */
public final class Tenancy implements AutoCloseable {

    private final ServerConfig config;
    private final LifecycleListener events;
    private final Clock clock;
    private final Ledger ledger;
    private final TenantRegistry registry;
    private final Authenticator authenticator;
    private final RateLimits rates;
    private final Budgets budgets;
    private final AdmissionControl admission;
    private final AuditTrail trail;
    private final Books books;
    private final ServedQuality quality;
    private long changesSeen;
    private boolean closed;

    private Tenancy(ServerConfig config, Ledger ledger, LifecycleListener events, NanoClock nanoClock, Clock clock) {
        this.config = config;
        this.ledger = ledger;
        this.events = events;
        this.clock = clock;
        Prices prices = Prices.of(config.prices());
        this.trail = new AuditTrail(ledger.audit(), events);
        // Before anything is read, so that no change can fall between.
        this.changesSeen = ledger.changesByOthers().join();
        this.registry = TenantRegistry.open(ledger, config, clock);
        this.authenticator = new Authenticator(registry);
        this.rates = new RateLimits(nanoClock::nanoTime);
        this.budgets = new Budgets(new LedgerSpend(ledger, prices.currency()), clock, prices.currency());
        this.admission =
                new AdmissionControl(rates, budgets, prices.book(), MonthTokens.of(ledger, clock.instant()), clock);
        this.books = new Books(ledger, prices, config.prices().ledgerWait(), events);
        this.quality = new ServedQuality(ledger, registry, clock);
        trail.tellNew();
    }

    /**
     * Opens the ledger and reads what it holds; blocks.
     *
     * @param events is told every change of a tenant or key
     * @throws io.vitrine.store.StoreException if the ledger is another server's, damaged, of a newer version or not to be written
     * @throws RuntimeException if the configured tenants cannot be read; the message says why
     */
    public static Tenancy open(ServerConfig config, LifecycleListener events, NanoClock nanoClock, Clock clock) {
        Ledger ledger = Ledger.open(TenantRegistry.ledger(config));
        try {
            return new Tenancy(config, ledger, events, nanoClock, clock);
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    /** Whether requests to the API must bring a key. */
    public boolean needsKeys() {
        return config.needsKeys();
    }

    /**
     * Whether an operator must bring one: where others than this machine can reach the management port, and where users must,
     * since who may not ask the model may not read what others asked.
     */
    public boolean operatorsNeedKeys() {
        return config.needsKeys() || !config.server().managementOnLoopback();
    }

    /** Scopes that an unexpired key of a tenant that is there has; looks at every key. */
    public Set<Scope> usableScopes() {
        return registry.keys().list().stream()
                .filter(key -> key.goodAt(clock.instant()))
                .filter(key -> registry.tenants().find(key.tenantId()).isPresent())
                .map(KeyInfo::scopes)
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
    }

    /**
     * Who comes to the API.
     *
     * @throws ApiException 401 or 403 if nobody who may
     */
    public Caller authenticate(Credentials credentials) {
        return authenticator.authenticate(credentials, Scope.INFER, needsKeys());
    }

    /**
     * The key of an operator, its public part; empty where none is needed and none was brought.
     *
     * @throws ApiException 401 or 403 if nobody who may
     */
    public Optional<String> authenticateOperator(Credentials credentials, Scope scope) {
        return authenticator.keyFor(credentials, scope, operatorsNeedKeys()).flatMap(Caller::keyPrefix);
    }

    /**
     * Who signs in to the console with a key.
     *
     * @throws ApiException 401 if the key is invalid, 403 if it is no operator's
     */
    public Operator signIn(Credentials credentials) {
        return authenticator.operator(credentials);
    }

    /** The operator with these credentials if their key reads its own tenant and nothing else. */
    public Optional<Operator> tenantReader(Credentials credentials) {
        return Optional.of(authenticator.operator(credentials)).filter(one -> one.role() == Operator.Role.TENANT);
    }

    /** The operator of a key by its public part; empty if the key can no longer be used. */
    public Optional<Operator> operator(String keyPrefix) {
        return authenticator.operator(keyPrefix);
    }

    /** A caller of the API in the name of an operator's own tenant; empty if that tenant is gone. */
    public Optional<Caller> callerOf(Operator operator) {
        return registry.tenants()
                .find(operator.tenantId())
                .map(tenant -> new Caller(tenant, Optional.of(operator.keyPrefix())));
    }

    /** The class of a tenant, its priority, in lower case; empty if there is no such tenant. */
    public String tenantClass(String tenantId) {
        return registry.tenants()
                .find(tenantId)
                .map(tenant -> tenant.priority().name().toLowerCase(Locale.ROOT))
                .orElse("");
    }

    /** What a tenant has left of its rates; takes nothing. */
    public RateState rateState(Tenant tenant) {
        return rates.state(tenant);
    }

    /**
     * Admits a request to be read: one of its minute, and a place among the concurrent ones until the permit is closed.
     *
     * @throws ApiException 429 if a rate or the concurrency has no room for it; nothing is held then
     */
    public Permit enter(Tenant tenant) {
        return admission.enter(tenant);
    }

    /**
     * Admits a request to run, and holds the worst that it can use until that is settled.
     *
     * @param permit settled with the result; if there is none, still the caller's
     * @throws ApiException 429 if the token rate or a budget has no room for it
     */
    public Admittance reserve(Tenant tenant, Permit permit, Demand demand) {
        return admission.reserve(tenant, permit, demand);
    }

    /** Tenants and keys, to be read and changed. Who changes them tells it by {@link #tellChanges}. */
    public TenantRegistry registry() {
        return registry;
    }

    /** Where each tenant stands with its money. */
    public Budgets budgets() {
        return budgets;
    }

    /** What requests are charged and cost. */
    public Books books() {
        return books;
    }

    /** How well tenants are served, and what they think of it. */
    public ServedQuality quality() {
        return quality;
    }

    /** The book of what requests cost. */
    public Ledger ledger() {
        return ledger;
    }

    /** The latest changes of tenants and keys, newest first; blocks. */
    public List<AuditEntry> changes(int limit) {
        return ledger.audit().latest(limit).stream().map(AuditRow::entry).toList();
    }

    /** Tells changes that were not told yet; blocks. */
    public void tellChanges() {
        trail.tellNew();
    }

    /** Takes over what a command beside the server has changed; blocks. Nothing once it is closed. */
    public synchronized void followChanges() {
        if (closed) {
            return;
        }
        long now = ledger.changesByOthers().join();
        if (now != changesSeen) {
            registry.reload();
            trail.tellNew();
            changesSeen = now;
        }
    }

    /**
     * Writes down when keys were used and forgets who is not active; to be called every minute or so. Blocks. Nothing once it is
     * closed.
     */
    public synchronized void tidy() {
        if (closed) {
            return;
        }
        registry.keys().saveLastUsed();
        rates.forgetIdle();
        budgets.forgetPast();
        quality.forgetIdle();
    }

    /** Writes down what is left to write. Blocks. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            registry.keys().saveLastUsed();
        } catch (RuntimeException e) {
            // Of the last minute, when keys were used: no reason for a stop to fail.
            events.faulted("tenants", e);
        }
        ledger.close();
    }
}
