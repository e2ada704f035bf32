package io.vitrine.store.telemetry;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;
import io.vitrine.store.telemetry.DeletionReceipt.Deletion;

/** Takes one tenant's rows out of every tier: deleted from day files, Parquet files written anew without them. */
final class TenantDeletion {
    private final TierFiles files;
    private final TelemetryWriter writer;
    private final TierReader reader;
    private final SharedDuckDb duckDb;
    private final LongAdder deletedRows = new LongAdder();

    TenantDeletion(TierFiles files, TelemetryWriter writer, TierReader reader, SharedDuckDb duckDb) {
        this.files = files;
        this.writer = writer;
        this.reader = reader;
        this.duckDb = duckDb;
    }

    long deletedRows() {
        return deletedRows.sum();
    }

    DeletionReceipt run(String tenantId) {
        List<Deletion> deletions = new ArrayList<>();
        List<String> setAside = new ArrayList<>();
        // Held to the end, so that no file moves to another tier behind the back of this.
        files.lock().writeLock().lock();
        try {
            // What was recorded before this call is written first, and so is found.
            writer.order(w -> true);
            for (TierFile file : files.hot()) {
                guarded(file, setAside, () -> fromDayFile(file, tenantId, deletions));
            }
            for (Signal signal : Signal.values()) {
                if (signal.hasTenants()) {
                    files.parquet(signal)
                            .forEach(file ->
                                    guarded(file, setAside, () -> fromParquet(signal, file, tenantId, deletions)));
                }
            }
        } finally {
            files.lock().writeLock().unlock();
        }
        DeletionReceipt receipt = new DeletionReceipt(tenantId, deletions, setAside);
        deletedRows.add(receipt.rows());
        return receipt;
    }

    /** Part of a deletion; what it throws is about one file. */
    @FunctionalInterface
    private interface Part {
        void run() throws SQLException, IOException;
    }

    private void guarded(TierFile file, List<String> setAside, Part part) {
        try {
            part.run();
        } catch (SQLException e) {
            if (!TierReader.isDamaged(file, e)) {
                throw Sqlite.failure(file.path(), e);
            }
            reader.setAside(file);
            setAside.add(file.path().getFileName().toString());
        } catch (StoreException e) {
            if (e.reason() != Reason.CORRUPT) {
                throw e;
            }
            reader.setAside(file);
            setAside.add(file.path().getFileName().toString());
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot write " + file.path() + " anew: " + e, e);
        }
    }

    private void fromDayFile(TierFile file, String tenantId, List<Deletion> deletions) throws SQLException {
        Map<Signal, Long> rows;
        if (file.isLive()) {
            rows = writer.order(w -> w.file(file.day()).deleteTenant(tenantId));
        } else {
            try (DayFile sealed = DayFile.open(file.path())) {
                rows = sealed.deleteTenant(tenantId);
            }
        }
        rows.forEach((signal, count) -> note(signal, file.path(), count, deletions));
    }

    private void fromParquet(Signal signal, TierFile file, String tenantId, List<Deletion> deletions)
            throws SQLException, IOException {
        String source = "read_parquet(" + DuckDb.quoted(file.path()) + ")";
        String tenant = "'" + tenantId.replace("'", "''") + "'";
        synchronized (duckDb) {
            long rows = Sql.first(
                            duckDb.get().connection(),
                            "SELECT count(*) FROM " + source + " WHERE tenant_id = ?",
                            row -> row.getLong(1),
                            tenantId)
                    .orElse(0L);
            if (rows > 0) {
                String rest = "SELECT * FROM " + source + " WHERE tenant_id IS DISTINCT FROM " + tenant;
                duckDb.get().copy(rest, file.path(), ExportFormat.PARQUET);
            }
            note(signal, file.path(), rows, deletions);
        }
    }

    private static void note(Signal signal, Path path, long rows, List<Deletion> deletions) {
        if (rows > 0) {
            deletions.add(new Deletion(signal, path.getFileName().toString(), rows));
        }
    }
}
