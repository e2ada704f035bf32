package io.vitrine.store.telemetry;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;

/** Writes one signal of all tiers to one file. */
final class Exporter {
    private static final String TABLE = "exported";
    private static final String IN_RANGE = " WHERE at_nanos >= ? AND at_nanos < ?";

    private final TelemetrySettings settings;
    private final TierReader reader;

    Exporter(TelemetrySettings settings, TierReader reader) {
        this.settings = settings;
        this.reader = reader;
    }

    Export run(Signal signal, TimeRange range, Path file, ExportFormat format) {
        try (DuckDb duckDb = DuckDb.open(settings.memoryMegabytes(), settings.threads(), settings.spillDirectory())) {
            duckDb.createTable(TABLE, signal.columns());
            List<String> setAside =
                    reader.visit(signal, range, source -> collect(duckDb, signal, range, source), new Deadline());
            duckDb.copy("SELECT * FROM " + TABLE + " ORDER BY at_nanos", file, format);
            long rows = Sql.first(duckDb.connection(), "SELECT count(*) FROM " + TABLE, row -> row.getLong(1))
                    .orElse(0L);
            return new Export(rows, setAside);
        } catch (SQLException e) {
            throw DuckDb.failure("cannot export " + signal.table() + " to " + file, e);
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot write " + file + ": " + e, e);
        }
    }

    private static void collect(DuckDb duckDb, Signal signal, TimeRange range, TierFile source) throws SQLException {
        if (source.tier() == Tier.HOT) {
            try (Connection day = Sqlite.openForReading(source.path())) {
                if (!DayFile.isBlank(day)) {
                    append(duckDb, signal, range, day);
                }
            }
        } else {
            Sql.update(
                    duckDb.connection(),
                    "INSERT INTO " + TABLE + " " + signal.select(signal.parquet(source.path())) + IN_RANGE,
                    range.fromEpochNanos(),
                    range.toEpochNanos());
        }
    }

    private static void append(DuckDb duckDb, Signal signal, TimeRange range, Connection day) throws SQLException {
        try (PreparedStatement rows = day.prepareStatement(signal.select(DayFile.source(day, signal)) + IN_RANGE)) {
            Sql.bind(rows, range.fromEpochNanos(), range.toEpochNanos());
            duckDb.append(TABLE, signal.columns(), rows);
        }
    }
}
