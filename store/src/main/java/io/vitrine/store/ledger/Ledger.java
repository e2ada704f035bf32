package io.vitrine.store.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.sql.Durability;
import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;
import io.vitrine.store.sql.Schema;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;
import io.vitrine.store.sql.WriterCounts;
import org.jspecify.annotations.Nullable;

/**
 * The book of what every request cost, in {@code ledger.db}: what it says is written stays written, over {@code kill -9} and power cuts.
 *
 * <p>Writes go through one thread and are committed in groups; their futures complete once they are on the disk, or fail with a
 * {@link io.vitrine.store.StoreException} and have then changed nothing. No write waits in the caller: a queue that is full refuses.
 * Reads run on the caller's thread and see what is committed.
 */
public final class Ledger implements AutoCloseable {
    static final Schema SCHEMA = Schema.of(
            Ledger.class,
            "ledger-1.sql",
            "ledger-2.sql",
            "ledger-3.sql",
            "ledger-4.sql",
            "ledger-5.sql",
            "ledger-6.sql");

    private final LedgerSettings settings;
    private final GroupCommit writer;
    private final Reads reads;
    private final @Nullable LedgerLock lock;
    private final Tenants tenants;
    private final ApiKeys apiKeys;
    private final AuditLog audit;
    private final Outbox outbox;
    private final IncidentLedger incidents;
    private final AlertLedger alerts;

    private Ledger(LedgerSettings settings, GroupCommit writer, Reads reads, @Nullable LedgerLock lock) {
        this.settings = settings;
        this.writer = writer;
        this.reads = reads;
        this.lock = lock;
        this.tenants = new Tenants(writer, reads);
        this.apiKeys = new ApiKeys(writer, reads);
        this.audit = new AuditLog(writer, reads);
        this.outbox = new Outbox(writer, reads);
        this.incidents = new IncidentLedger(settings.file(), writer, reads);
        this.alerts = new AlertLedger(writer, reads);
    }

    /**
     * Opens the ledger as the one server it belongs to.
     *
     * @throws io.vitrine.store.StoreException if it cannot be written, is damaged, of a newer version, or another server has it
     */
    public static Ledger open(LedgerSettings settings) {
        LedgerLock lock = LedgerLock.acquire(settings);
        try {
            return open(settings, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Opens it for a command beside a server that may be running, and that sees its writes by {@link #changesByOthers}. */
    public static Ledger openBeside(LedgerSettings settings) {
        return open(settings, null);
    }

    /** Whether there is a ledger here. */
    public static boolean exists(LedgerSettings settings) {
        return Files.exists(settings.file());
    }

    /** Whether a server has this ledger open. */
    public static boolean isServed(LedgerSettings settings) {
        return LedgerLock.isHeld(settings);
    }

    /** Enters what a request cost; false if it was entered before, which stands. */
    public CompletableFuture<Boolean> append(CostEntry entry) {
        return writer.submit(connection -> CostTable.insert(connection, ErasureTable.asAllowed(connection, entry)));
    }

    /** Notes what a user thought; the same user thinking again replaces it. */
    public CompletableFuture<Void> rate(Feedback feedback) {
        return writer.submit(connection -> {
            CostTable.rate(connection, feedback);
            return null;
        });
    }

    public Optional<CostEntry> find(String entryId) {
        return reads.ask(connection ->
                Sql.first(connection, "SELECT * FROM cost_entries WHERE entry_id = ?", Rows::costEntry, entryId));
    }

    /** The latest request that the tenant has called so. */
    public Optional<CostEntry> findLatest(String tenantId, String requestId) {
        return reads.ask(connection -> Sql.first(
                connection,
                "SELECT * FROM cost_entries WHERE request_id = ? AND tenant_id = ?"
                        + " ORDER BY at_millis DESC, rowid DESC LIMIT 1",
                Rows::costEntry,
                requestId,
                tenantId));
    }

    public Optional<Feedback> feedback(String entryId) {
        return reads.ask(connection ->
                Sql.first(connection, "SELECT * FROM feedback WHERE entry_id = ?", Rows::feedback, entryId));
    }

    /** Adds up by tenant, model, day and currency, in this order. */
    public List<CostSum> sums(CostFilter filter) {
        // A connection of its own: adding up a year must not hold up who looks up a key.
        try (Reads own = new Reads(settings.file())) {
            return own.ask(connection -> CostTable.sums(connection, filter));
        }
    }

    /**
     * Deletes what a tenant's users thought, and counts what must be kept of it.
     *
     * <p>What a server enters later of requests that began before {@code at} follows: feedback is dropped, and an entry goes under a random
     * name if the others do.
     *
     * @param pseudonymise whether its cost entries go on under a name made at random; its budgets begin anew then
     */
    public CompletableFuture<TenantErasure> eraseTenant(String tenantId, boolean pseudonymise, Instant at) {
        return writer.submit(connection -> ErasureTable.erase(connection, tenantId, pseudonymise, at.toEpochMilli()));
    }

    /** Ids of a tenant's requests that were let in at or after the first and before the second time. */
    public Set<String> requestIds(String tenantId, Instant from, Instant to) {
        // A connection of its own: there may be many.
        try (Reads own = new Reads(settings.file())) {
            return own.ask(connection ->
                    ErasureTable.requestIds(connection, tenantId, from.toEpochMilli(), to.toEpochMilli()));
        }
    }

    public Tenants tenants() {
        return tenants;
    }

    public ApiKeys apiKeys() {
        return apiKeys;
    }

    public AuditLog audit() {
        return audit;
    }

    public Outbox outbox() {
        return outbox;
    }

    public IncidentLedger incidents() {
        return incidents;
    }

    public AlertLedger alerts() {
        return alerts;
    }

    /**
     * A number that is another one than last time if another process has written meanwhile; what this one writes does not
     * change it. So a server finds what a command did beside it by asking every now and then, for the price of an empty
     * transaction.
     */
    public CompletableFuture<Long> changesByOthers() {
        return writer.submit(connection -> Sql.first(connection, "PRAGMA data_version", row -> row.getLong(1))
                .orElseThrow());
    }

    public WriterCounts counts() {
        return writer.counts();
    }

    /** Writes entries to a file, by time; how many. The file is whole or not there. */
    public long export(CostFilter filter, Path file, ExportFormat format) {
        return LedgerExport.run(settings, filter, file, format);
    }

    /** Writes what is queued, then closes. */
    @Override
    public void close() {
        reads.close();
        writer.close(); // the last connection moves the log into the file, which one that only reads cannot
        if (lock != null) {
            lock.close();
        }
    }

    GroupCommit writer() {
        return writer;
    }

    private static Ledger open(LedgerSettings settings, @Nullable LedgerLock lock) {
        Connection connection = Sqlite.openForWriting(settings.file(), Durability.EVERY_COMMIT, SCHEMA);
        GroupCommit writer = new GroupCommit(
                "ledger-writer", settings.file(), connection, settings.queueLimit(), settings.batchLimit());
        try {
            return new Ledger(settings, writer, new Reads(settings.file()), lock);
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }
}
