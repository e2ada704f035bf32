package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.sql.DuckDb;

/**
 * Keeps what is watched: takes rows without ever waiting, ages them from day files to Parquet, answers questions over all of it.
 *
 * <p>{@link #record} is for any thread and costs a place in a queue. Everything else reads or moves files on the caller's thread and may
 * take long. Maintenance, clean-up and deletion are called by whoever has a timer; one of them runs at a time.
 */
public final class TelemetryStore implements AutoCloseable {
    private final InstantSource clock;
    private final TierFiles files;
    private final TelemetryWriter writer;
    private final DuckDb duckDb;
    private final TelemetryQueries queries;
    private final Archiver archiver;
    private final Cleanup cleanup;
    private final TenantDeletion deletion;
    private final Exporter exporter;

    /** Starts the writing thread; files are made when the first rows come. */
    public TelemetryStore(TelemetrySettings settings, InstantSource clock) {
        this.clock = clock;
        this.files = new TierFiles(settings);
        this.duckDb =
                DuckDb.open(settings.memoryMegabytes(), settings.hotDirectory().resolve("spill"));
        this.writer = new TelemetryWriter(settings, files, clock);
        TierReader reader = new TierReader(files, writer, duckDb);
        this.queries = new TelemetryQueries(reader);
        this.archiver = new Archiver(settings, files, writer, reader);
        this.cleanup = new Cleanup(settings, files);
        this.deletion = new TenantDeletion(files, writer, reader, duckDb);
        this.exporter = new Exporter(settings, reader);
    }

    /** Hands a row over; false if it was dropped (and counted), the queue being full or the store closed. */
    public boolean record(TelemetryRow row) {
        return writer.offer(row);
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
        return archiver.run(TimeRange.dayOf(TimeRange.nanos(clock.instant())));
    }

    /** What the next clean-ups would delete, were the grace time over. */
    public List<PlannedDeletion> preview() {
        return cleanup.preview(clock.instant());
    }

    /** Deletes what has been due for the grace time, and notes what is due now; what was deleted. */
    public synchronized List<PlannedDeletion> cleanup() {
        Instant now = clock.instant();
        return cleanup.run(now);
    }

    /** Deletes what is stored of a tenant, in every tier. What is recorded of it afterwards is kept. */
    public synchronized DeletionReceipt deleteTenant(String tenantId) {
        return deletion.run(tenantId);
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

    /** Damaged files renamed out of the way since the store was opened. */
    public long setAsideFiles() {
        return files.setAsideCount();
    }

    /** Writes what is queued, then closes. */
    @Override
    public void close() {
        writer.close();
        synchronized (duckDb) {
            duckDb.close();
        }
    }
}
