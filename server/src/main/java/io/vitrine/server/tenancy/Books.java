package io.vitrine.server.tenancy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
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

    private final Ledger ledger;
    private final Prices prices;
    private final Duration wait;
    private final LifecycleListener events;
    private final LedgerCounts counts = new LedgerCounts();
    private final AtomicLong doubles = new AtomicLong();
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
                .thenCompose(isNew -> isNew ? done() : again(entry))
                .whenComplete((nothing, failure) -> count(failure))
                .copy()
                .orTimeout(wait.toNanos(), TimeUnit.NANOSECONDS)
                .handle((nothing, failure) -> {
                    if (failure instanceof TimeoutException) {
                        counts.late();
                    }
                    return null;
                });
    }

    /** Clients choose the ids of their requests: one that uses an id twice pays twice all the same. */
    private CompletableFuture<Void> again(CostEntry entry) {
        String id = entry.requestId() + "~" + System.currentTimeMillis() + "-" + doubles.incrementAndGet();
        return ledger.append(entry.withRequestId(id)).thenApply(isNew -> null);
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private void count(@Nullable Throwable failure) {
        if (failure == null) {
            counts.written();
        } else {
            counts.lost();
            events.faulted("ledger", failure);
        }
    }

    public LedgerCounts counts() {
        return counts;
    }
}
