package io.vitrine.server.tenancy;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.vitrine.observability.LedgerCounts;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.cost.InfrastructureCost;
import io.vitrine.tenants.cost.ResourceUse;
import org.jspecify.annotations.Nullable;

/** Says what requests cost who runs the machine, and enters what they are charged and cost into the ledger. Any thread. */
public final class Books {

    private static final int ENTRY_ID_BYTES = 16;

    private final Ledger ledger;
    private final Prices prices;
    private final Duration wait;
    private final LifecycleListener events;
    private final LedgerCounts counts = new LedgerCounts();
    private final SecureRandom random = new SecureRandom();
    private volatile Supplier<OptionalDouble> watts = OptionalDouble::empty;

    Books(Ledger ledger, Prices prices, Duration wait, LifecycleListener events) {
        this.ledger = ledger;
        this.prices = prices;
        this.wait = wait;
        this.events = events;
    }

    /** Power is read from here from now on, in watts; empty where nothing measures it. Must not take long. */
    public void readPower(Supplier<OptionalDouble> source) {
        watts = source;
    }

    /** Of all amounts. */
    public String currency() {
        return prices.currency();
    }

    /** A key for one entry that no other has: clients choose the ids of their requests, and may choose the same. */
    public String newEntryId() {
        byte[] bytes = new byte[ENTRY_ID_BYTES];
        random.nextBytes(bytes);
        return "ent_" + HexFormat.of().formatHex(bytes);
    }

    /** Whether the model had a price at that time. */
    public boolean isPriced(String model, Instant at) {
        return prices.book().find(model, at).isPresent();
    }

    /** Whether any model has a price. */
    public boolean havePrices() {
        return !prices.book().isEmpty();
    }

    /** What a request took; its energy is that which the machine takes now, over its share of the steps. */
    public ResourceUse use(long engineNanos, double kvByteSeconds) {
        OptionalDouble power = watts.get();
        return new ResourceUse(
                engineNanos, kvByteSeconds, power.isPresent() ? power.getAsDouble() * engineNanos / 1e9 : null);
    }

    /** What that costs; empty if the machine has no price. */
    public Optional<Money> cost(ResourceUse use) {
        return prices.machine().map(rates -> rates.cost(use)).map(InfrastructureCost::total);
    }

    /**
     * Writes an entry down for good. The stage completes once that is so, and also when it fails or takes longer than an answer
     * shall wait: an answer is worth more to its reader than its line in the books. What is lost is counted and told.
     */
    public CompletionStage<Void> enter(CostEntry entry) {
        return ledger.append(entry)
                .whenComplete((isNew, failure) -> count(failure))
                .copy()
                .orTimeout(wait.toNanos(), TimeUnit.NANOSECONDS)
                .handle((nothing, failure) -> {
                    if (failure instanceof TimeoutException) {
                        counts.late();
                    }
                    return null;
                });
    }

    private void count(@Nullable Throwable failure) {
        if (failure == null) {
            counts.written();
        } else {
            counts.lost(failure);
            events.faulted("ledger", failure);
        }
    }

    public LedgerCounts counts() {
        return counts;
    }
}
