package io.vitrine.store.telemetry;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.sql.Column;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sql;

import static io.vitrine.store.sql.Column.integer;
import static io.vitrine.store.sql.Column.text;

/** Takes a tenant out of Parquet files, which are written anew without it; the old file stays until the new one is whole. */
final class ParquetErasure {
    private static final String CLEARED = "cleared";
    private static final List<Column> CLEARED_COLUMNS = List.of(integer("row"), text("message"), text("attributes"));

    private final DuckDb duckDb;

    ParquetErasure(DuckDb duckDb) {
        this.duckDb = duckDb;
    }

    /** How many rows are gone. */
    long deleteTenant(Signal signal, TierFile file, String tenantId) throws SQLException, IOException {
        String source = signal.parquet(file.path());
        long rows = Sql.first(
                        duckDb.connection(),
                        "SELECT count(*) FROM " + source + " WHERE tenant_id = ?",
                        row -> row.getLong(1),
                        tenantId)
                .orElse(0L);
        if (rows > 0) {
            String tenant = "'" + tenantId.replace("'", "''") + "'";
            String rest = signal.select(source) + " WHERE tenant_id IS DISTINCT FROM " + tenant;
            duckDb.copy(rest, file.path(), ExportFormat.PARQUET);
        }
        return rows;
    }

    /** In how many rows of a file of steps or logs there were any of these request ids. */
    long clearRequestIds(Signal signal, TierFile file, Predicate<String> erased) throws SQLException, IOException {
        String message = signal == Signal.LOGS ? "message" : "''";
        String numbered = "read_parquet(" + DuckDb.quoted(file.path()) + ", file_row_number = true)";
        List<Text> texts = Sql.list(
                duckDb.connection(),
                "SELECT file_row_number, " + message + ", attributes FROM " + numbered + " WHERE contains(attributes, '"
                        + RequestIdText.MARK + "')",
                ParquetErasure::read);
        List<Text> changed = texts.stream()
                .filter(text -> !text.equals(text.without(erased)))
                .map(text -> text.without(erased))
                .toList();
        if (!changed.isEmpty()) {
            duckDb.createTable(CLEARED, CLEARED_COLUMNS);
            try {
                insert(changed);
                duckDb.copy(cleared(signal, numbered), file.path(), ExportFormat.PARQUET);
            } finally {
                duckDb.dropTable(CLEARED);
            }
        }
        return changed.size();
    }

    private static String cleared(Signal signal, String numbered) {
        String message = signal == Signal.LOGS ? ", coalesce(c.message, s.message) AS message" : "";
        return "SELECT s.* EXCLUDE (file_row_number) REPLACE (coalesce(c.attributes, s.attributes) AS attributes"
                + message + ") FROM " + numbered + " s LEFT JOIN " + CLEARED
                + " c ON c.row = s.file_row_number ORDER BY s.file_row_number";
    }

    private void insert(List<Text> changed) throws SQLException {
        for (Text text : changed) {
            Sql.update(
                    duckDb.connection(),
                    "INSERT INTO " + CLEARED + " VALUES (?, ?, ?)",
                    text.row(),
                    text.message(),
                    text.attributes());
        }
    }

    private record Text(long row, String message, String attributes) {

        Text without(Predicate<String> erased) {
            return new Text(row, RequestIdText.without(message, erased), RequestIdText.without(attributes, erased));
        }
    }

    private static Text read(ResultSet row) throws SQLException {
        return new Text(row.getLong(1), row.getString(2), row.getString(3));
    }
}
