package io.vitrine.store.ledger;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;

/**
 * Money set aside before work and settled after it, so that no race between requests can overrun a budget.
 *
 * <p>Every change is decided by the ledger's one writing thread, in order, from what is committed: two requests can never both see the
 * same last cent. {@link Ledger#append} settles the reservation of its request in the same transaction; {@link #settle} is for work
 * that is charged without an entry.
 */
public final class Budgets {
    private final GroupCommit writer;
    private final Reads reads;

    Budgets(GroupCommit writer, Reads reads) {
        this.writer = writer;
        this.reads = reads;
    }

    /**
     * Sets an amount aside if every budget has that much left. The same request asked for again keeps its first reservation.
     *
     * @param amountBillionths the most the request can cost
     * @param nowMillis decides which day and month pay, also when it is settled later
     */
    public CompletableFuture<BudgetVerdict> reserve(
            String tenant, String requestId, long amountBillionths, long nowMillis, List<BudgetLimit> limits) {
        if (amountBillionths < 0) {
            throw new IllegalArgumentException("amountBillionths must be >= 0: " + amountBillionths);
        }
        // Decided later and on another thread: the caller's list may have changed by then.
        List<BudgetLimit> fixed = List.copyOf(limits);
        return writer.submit(
                connection -> BudgetTable.reserve(connection, requestId, tenant, amountBillionths, nowMillis, fixed));
    }

    /** Replaces a reservation by what was spent; false if there is none (any more), and then nothing changes. */
    public CompletableFuture<Boolean> settle(String requestId, long actualBillionths) {
        if (actualBillionths < 0) {
            throw new IllegalArgumentException("actualBillionths must be >= 0: " + actualBillionths);
        }
        return writer.submit(connection -> BudgetTable.settle(connection, requestId, actualBillionths));
    }

    /** Gives a reservation back whole; false if there is none (any more). */
    public CompletableFuture<Boolean> refund(String requestId) {
        return writer.submit(connection -> BudgetTable.refund(connection, requestId));
    }

    /** What a tenant has spent and reserved in the period that {@code nowMillis} lies in. */
    public BudgetUse use(String tenant, BudgetPeriod period, long nowMillis) {
        return reads.ask(connection -> BudgetTable.use(connection, tenant, period, nowMillis));
    }
}
