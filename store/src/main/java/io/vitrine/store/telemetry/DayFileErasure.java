package io.vitrine.store.telemetry;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.vitrine.store.sql.Sql;

/** Takes a tenant out of a day file; inside a transaction of the caller's. */
final class DayFileErasure {
    private static final String WITH_IDS = " WHERE instr(attributes, '" + RequestIdText.MARK + "') > 0";

    private final Connection day;

    DayFileErasure(Connection day) {
        this.day = day;
    }

    /** How many rows of each signal are gone; signals without any are not named. */
    Map<Signal, Long> deleteTenant(String tenantId) throws SQLException {
        Map<Signal, Long> deleted = new EnumMap<>(Signal.class);
        for (Signal signal : Signal.values()) {
            if (signal.hasTenants()) {
                note(
                        deleted,
                        signal,
                        Sql.update(day, "DELETE FROM " + signal.table() + " WHERE tenant_id = ?", tenantId));
            }
        }
        return deleted;
    }

    /** Lines of requests that were under way at the deletion, and that did not say when their request began. */
    void deleteLinesBefore(Collection<TelemetryRow> late) throws SQLException {
        for (TelemetryRow row : late) {
            if (row instanceof LogRow line && line.requestId() != null) {
                Sql.update(
                        day,
                        "DELETE FROM logs WHERE tenant_id = ? AND request_id = ? AND at_nanos <= ?",
                        line.tenantId(),
                        line.requestId(),
                        line.atEpochNanos());
            }
        }
    }

    /** In how many rows of each signal there were any; signals without any are not named. */
    Map<Signal, Long> clearRequestIds(Predicate<String> erased) throws SQLException {
        Map<Signal, Long> cleared = new EnumMap<>(Signal.class);
        note(cleared, Signal.STEPS, clearSteps(erased));
        note(cleared, Signal.LOGS, clearLogs(erased));
        return cleared;
    }

    private int clearSteps(Predicate<String> erased) throws SQLException {
        int count = 0;
        for (Text step : texts("SELECT rowid, '' AS message, attributes FROM steps" + WITH_IDS)) {
            Text cleared = step.without(erased);
            if (!cleared.equals(step)) {
                Sql.update(day, "UPDATE steps SET attributes = ? WHERE rowid = ?", cleared.attributes(), step.row());
                count++;
            }
        }
        return count;
    }

    private int clearLogs(Predicate<String> erased) throws SQLException {
        int count = 0;
        for (Text log : texts("SELECT id, message, attributes FROM logs" + WITH_IDS)) {
            Text cleared = log.without(erased);
            if (!cleared.equals(log)) {
                replace(log, cleared);
                count++;
            }
        }
        return count;
    }

    /** The index of words has triggers for rows that come and go, none for rows that change. */
    private void replace(Text log, Text cleared) throws SQLException {
        Sql.update(
                day,
                "INSERT INTO logs_text (logs_text, rowid, message) VALUES ('delete', ?, ?)",
                log.row(),
                log.message());
        Sql.update(
                day,
                "UPDATE logs SET message = ?, attributes = ? WHERE id = ?",
                cleared.message(),
                cleared.attributes(),
                log.row());
        Sql.update(day, "INSERT INTO logs_text (rowid, message) VALUES (?, ?)", log.row(), cleared.message());
    }

    private record Text(long row, String message, String attributes) {

        Text without(Predicate<String> erased) {
            return new Text(row, RequestIdText.without(message, erased), RequestIdText.without(attributes, erased));
        }
    }

    private List<Text> texts(String sql) throws SQLException {
        return Sql.list(day, sql, DayFileErasure::text);
    }

    private static Text text(ResultSet row) throws SQLException {
        return new Text(row.getLong(1), row.getString(2), row.getString(3));
    }

    private static void note(Map<Signal, Long> rows, Signal signal, int count) {
        if (count > 0) {
            rows.put(signal, (long) count);
        }
    }
}
