package io.vitrine.store.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Column;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;

import static io.vitrine.store.sql.Column.integer;
import static io.vitrine.store.sql.Column.real;
import static io.vitrine.store.sql.Column.text;

/** Writes cost entries to a file, by time. */
final class LedgerExport {
    private static final String TABLE = "cost_entries";
    private static final int MEMORY_MEGABYTES = 128;
    private static final List<Column> COLUMNS = List.of(
            text("entry_id"),
            text("request_id"),
            integer("at_millis"),
            text("tenant_id"),
            text("key_id"),
            text("model_name"),
            text("route"),
            text("outcome"),
            integer("input_tokens"),
            integer("cached_tokens"),
            integer("output_tokens"),
            text("currency"),
            integer("revenue_billionths"),
            integer("infrastructure_billionths"),
            integer("engine_nanos"),
            real("kv_byte_seconds"),
            real("joules"),
            text("trace_id"));

    private LedgerExport() {}

    static long run(LedgerSettings settings, CostFilter filter, Path file, ExportFormat format) {
        // A connection of its own: whoever asks the ledger meanwhile need not wait.
        try (Connection ledger = Sqlite.openForReading(settings.file());
                PreparedStatement entries = ledger.prepareStatement(select());
                DuckDb duckDb =
                        DuckDb.open(MEMORY_MEGABYTES, settings.directory().resolve("spill"))) {
            Sql.bind(entries, filter.fromMillis(), filter.endMillis(), filter.tenantId());
            duckDb.createTable(TABLE, COLUMNS);
            long rows = duckDb.append(TABLE, COLUMNS, entries);
            duckDb.copy("SELECT * FROM " + TABLE, file, format);
            return rows;
        } catch (SQLException e) {
            throw new StoreException(Reason.FAILED, "cannot export the ledger to " + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot write " + file + ": " + e, e);
        }
    }

    private static String select() {
        return "SELECT " + COLUMNS.stream().map(Column::name).collect(Collectors.joining(", ")) + " FROM " + TABLE
                + " WHERE at_millis >= ?1 AND at_millis < ?2 AND (?3 IS NULL OR tenant_id = ?3) ORDER BY at_millis";
    }
}
