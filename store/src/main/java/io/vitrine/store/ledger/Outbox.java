package io.vitrine.store.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;
import org.jspecify.annotations.Nullable;

/**
 * Notifications that wait for their delivery, across restarts. For each receiver and group only the first waiting
 * message can be due: a later one never overtakes an earlier one that is neither delivered nor given up.
 *
 * <p>At most {@value OutboxTable#WAITING_LIMIT} messages wait; beyond, the oldest of the least urgent ones is dropped
 * and counted. The last {@value OutboxTable#HISTORY_LIMIT} messages that have ended are kept. Reads run on the caller's
 * thread.
 */
public final class Outbox {
    private final GroupCommit writer;
    private final Reads reads;

    Outbox(GroupCommit writer, Reads reads) {
        this.writer = writer;
        this.reads = reads;
    }

    /** Adds a message in a transaction of its own. */
    public CompletableFuture<Void> add(OutboxMessage message) {
        return writer.submit(connection -> {
            OutboxTable.insert(connection, message);
            return null;
        });
    }

    /**
     * Messages that may be sent now, oldest first: at most one for each receiver and group.
     *
     * @param excluded receivers that get nothing now
     */
    public List<OutboxEntry> due(long atMillis, Collection<String> excluded, int limit) {
        return reads.ask(connection -> OutboxTable.due(connection, atMillis, excluded, limit));
    }

    /** When the next message becomes due after a time; empty if none does. */
    public Optional<Long> nextDueMillis(long afterMillis, Collection<String> excluded) {
        return reads.ask(connection -> OutboxTable.nextDueMillis(connection, afterMillis, excluded));
    }

    /** The receiver has accepted it. */
    public CompletableFuture<Void> delivered(long id, long atMillis) {
        return end(id, OutboxState.DELIVERED, atMillis, null);
    }

    /** An attempt has failed; the next one is due then. */
    public CompletableFuture<Void> retry(long id, long dueMillis, String error) {
        return writer.submit(connection -> {
            OutboxTable.retry(connection, id, dueMillis, error);
            return null;
        });
    }

    /** Its delivery is given up. */
    public CompletableFuture<Void> dead(long id, long atMillis, String error) {
        return end(id, OutboxState.DEAD, atMillis, error);
    }

    private CompletableFuture<Void> end(long id, OutboxState state, long atMillis, @Nullable String error) {
        return writer.submit(connection -> {
            OutboxTable.end(connection, id, state, atMillis, error, OutboxTable.HISTORY_LIMIT);
            return null;
        });
    }

    public OutboxCounts counts() {
        return reads.ask(OutboxTable::counts);
    }

    /** The last messages, newest first, in whatever state. */
    public List<OutboxEntry> latest(int limit) {
        return reads.ask(connection -> OutboxTable.latest(connection, limit));
    }

    /** The last delivered message of each group of a receiver, as far as the history goes back. */
    public List<OutboxEntry> lastDelivered(String receiver) {
        return reads.ask(connection -> OutboxTable.lastDelivered(connection, receiver));
    }
}
