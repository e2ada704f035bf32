package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;

/**
 * Keeps what is watched: takes rows without ever waiting, ages them from day files to Parquet, answers questions over all of it.
 *
 * <p>{@link #record} is for any thread and costs a place in a queue. Everything else reads or moves files on the caller's thread and may
 * take long. Maintenance, clean-up and deletion are called by whoever has a timer; one of them runs at a time.
 */
public final class TelemetryStore implements AutoCloseable {
    private final TelemetrySettings settings;
    private final InstantSource clock;
    private final TierFiles files;
    private final TelemetryWriter writer;
    private final SharedDuckDb duckDb;
    private final TierReader reader;
    private final TelemetryQueries queries;
    private final Archiver archiver;
    private final Cleanup cleanup;
    private final TenantDeletion deletion;
    private final Erasures erasures;
    private final Exporter exporter;

    /** Starts the writing thread; files are made when the first rows come. */
    public TelemetryStore(TelemetrySettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.files = new TierFiles(settings);
        this.duckDb = new SharedDuckDb(settings);
        this.writer = new TelemetryWriter(settings, files, clock);
        Quarantine quarantine = new Quarantine(settings, files, writer);
        this.reader = new TierReader(files, quarantine, duckDb, settings.queryLimit());
        this.queries = new TelemetryQueries(reader);
        this.archiver = new Archiver(settings, files, writer, quarantine);
        this.cleanup = new Cleanup(settings, files);
        this.erasures = new Erasures(settings.hotDirectory());
        this.deletion = new TenantDeletion(settings, files, writer, quarantine, clock);
        this.exporter = new Exporter(settings, reader);
    }

    /** Hands a row over; false if it was dropped (and counted), the queue being full or the store closed. */
    public boolean record(TelemetryRow row) {
        return writer.offer(PendingRow.of(row));
    }

    /** The same for a row about a request that began earlier: so nothing is written of requests under way when their tenant is deleted. */
    public boolean record(TelemetryRow row, long beganEpochNanos) {
        return writer.offer(new PendingRow(row, beganEpochNanos));
    }

    /** Whether a tenant was deleted after a request of its began, by whatever process. Any thread. */
    public boolean isErased(String tenantId, long beganEpochNanos) {
        synchronized (erasures) {
            erasures.refresh();
            return erasures.covers(tenantId, beganEpochNanos);
        }
    }

    /** Returns when all that was recorded before is written, or counted as lost. */
    public void flush() {
        writer.order(w -> true);
    }

    public TelemetryQueries queries() {
        return queries;
    }

    /** Turns finished days into Parquet and moves old Parquet to the cold directory. */
    public synchronized Maintenance maintain() {
        return alone(() -> archiver.run(TimeRange.dayOf(TimeRange.nanos(clock.instant()))));
    }

    /** Deletes what a crash left half-written; how many files. For a server's start; {@link #maintain} does it as well. */
    public synchronized int sweep() {
        return alone(files::sweep);
    }

    /** What the next clean-ups would delete, were the grace time over. */
    public List<PlannedDeletion> preview() {
        return cleanup.preview(clock.instant());
    }

    /** Deletes what has been due for the grace time, and notes what is due now; what was deleted. */
    public synchronized List<PlannedDeletion> cleanup() {
        Instant now = clock.instant();
        return alone(() -> cleanup.run(now, settings.grace()));
    }

    /** Deletes what is due without any grace time, for a person who has seen the {@link #preview}; what was deleted. */
    public synchronized List<PlannedDeletion> cleanupNow() {
        Instant now = clock.instant();
        return alone(() -> cleanup.run(now, Duration.ZERO));
    }

    /** Neither this process nor another moves files meanwhile. */
    private <T> T alone(Supplier<T> work) {
        UpkeepLock lock = UpkeepLock.acquire(settings.warmDirectory());
        try {
            return work.get();
        } finally {
            lock.close();
        }
    }

    /**
     * Deletes what is stored of a tenant, in every tier, and its request ids from rows that belong to no tenant. What a server that runs
     * beside this still holds in queues is not written; what happens after this call is kept.
     *
     * @param known request ids of the tenant's that need not be in telemetry
     */
    public synchronized DeletionReceipt deleteTenant(String tenantId, RequestIds known) {
        return alone(() -> deletion.run(tenantId, known));
    }

    /** The same, with those request ids that are in telemetry. */
    public DeletionReceipt deleteTenant(String tenantId) {
        return deleteTenant(tenantId, RequestIds.NONE);
    }

    /** Writes one signal to a file, by time. */
    public Export export(Signal signal, TimeRange range, Path file, ExportFormat format) {
        return exporter.run(signal, range, file, format);
    }

    public SignalCounts counts(Signal signal) {
        return writer.counts(signal);
    }

    public CleanupCounts cleanupCounts() {
        return new CleanupCounts(cleanup.deletedFiles(), cleanup.deletedBytes(), deletion.deletedRows());
    }

    /** Why the latest rows could not be written; empty if they could. */
    public Optional<StoreException> failure() {
        return writer.failure();
    }

    /** Rows that wait to be written. */
    public int waitingRows() {
        return writer.waiting();
    }

    /** How long the oldest row that is not written has waited. */
    public Duration lag() {
        return writer.lag();
    }

    /** Every file there is: day files, then Parquet by signal, oldest first each. */
    public List<StoredFile> contents() {
        return files.all();
    }

    /** Damaged files renamed out of the way since the store was opened. */
    public long setAsideFiles() {
        return files.setAsideCount();
    }

    /** Writes what is queued, then closes. */
    @Override
    public void close() {
        writer.close();
        // Before the reader, whose timer ends the questions that this waits for.
        duckDb.close();
        reader.close();
    }
}
