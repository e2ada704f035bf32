package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.vitrine.store.sql.Sql;
import org.jspecify.annotations.Nullable;

/** The statements on the outbox. */
final class OutboxTable {

    /** Messages that may wait. */
    static final int WAITING_LIMIT = 10_000;

    /** Messages that have ended and are kept for a list. */
    static final int HISTORY_LIMIT = 1_000;

    private static final String COLUMNS = "id, receiver, group_key, kind, created_millis, body, state, attempts,"
            + " due_millis, ended_millis, error";

    /** The first waiting message of each receiver and group. */
    private static final String HEADS = " FROM outbox m WHERE state = 'waiting' AND NOT EXISTS (SELECT 1 FROM outbox e"
            + " WHERE e.state = 'waiting' AND e.receiver = m.receiver AND e.group_key = m.group_key AND e.id < m.id)"
            + " AND receiver NOT IN (SELECT value FROM json_each(?))";

    private OutboxTable() {}

    /** Adds a message; a full outbox drops the oldest of its least urgent ones. */
    static void insert(Connection connection, OutboxMessage message) throws SQLException {
        insert(connection, message, WAITING_LIMIT);
    }

    static void insert(Connection connection, OutboxMessage message, int waitingLimit) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO outbox (receiver, group_key, kind, created_millis, body, due_millis) VALUES (?,?,?,?,?,?)",
                message.receiver(),
                message.groupKey(),
                message.kind(),
                message.createdMillis(),
                message.body(),
                message.createdMillis());
        long excess = waitingCount(connection) - waitingLimit;
        if (excess > 0) {
            List<Long> dropped = Sql.list(
                    connection,
                    "SELECT id FROM outbox WHERE state = 'waiting' ORDER BY severity DESC, id LIMIT ?",
                    row -> row.getLong(1),
                    excess);
            for (long id : dropped) {
                end(connection, id, OutboxState.DROPPED, message.createdMillis(), "the outbox was full", HISTORY_LIMIT);
            }
        }
    }

    private static long waitingCount(Connection connection) throws SQLException {
        return Sql.first(connection, "SELECT count(*) FROM outbox WHERE state = 'waiting'", row -> row.getLong(1))
                .orElseThrow();
    }

    static List<OutboxEntry> due(Connection connection, long atMillis, Collection<String> excluded, int limit)
            throws SQLException {
        return Sql.list(
                connection,
                "SELECT " + COLUMNS + HEADS + " AND due_millis <= ? ORDER BY id LIMIT ?",
                OutboxTable::entry,
                jsonArray(excluded),
                atMillis,
                limit);
    }

    static Optional<Long> nextDueMillis(Connection connection, long afterMillis, Collection<String> excluded)
            throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT min(due_millis)" + HEADS + " AND due_millis > ?",
                        row -> Optional.ofNullable(Rows.nullableLong(row, 1)),
                        jsonArray(excluded),
                        afterMillis)
                .flatMap(due -> due);
    }

    /** Receivers' names are checked where they are read; quotes and backslashes are escaped all the same. */
    private static String jsonArray(Collection<String> names) {
        return names.stream()
                .map(name -> '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Ends a message that waits; nothing happens to one that has ended before. */
    static void end(
            Connection connection, long id, OutboxState state, long atMillis, @Nullable String error, int historyLimit)
            throws SQLException {
        int changed = Sql.update(
                connection,
                "UPDATE outbox SET state = ?, ended_millis = ?, error = coalesce(?, error)"
                        + " WHERE id = ? AND state = 'waiting'",
                state.label(),
                atMillis,
                error,
                id);
        if (changed == 0) {
            return;
        }
        Sql.update(
                connection,
                "INSERT INTO outbox_totals (state, count) VALUES (?, 1)"
                        + " ON CONFLICT (state) DO UPDATE SET count = count + 1",
                state.label());
        Sql.update(
                connection,
                "DELETE FROM outbox WHERE state <> 'waiting' AND id <="
                        + " (SELECT id FROM outbox WHERE state <> 'waiting' ORDER BY id DESC LIMIT 1 OFFSET ?)",
                historyLimit);
    }

    static void retry(Connection connection, long id, long dueMillis, String error) throws SQLException {
        Sql.update(
                connection,
                "UPDATE outbox SET attempts = attempts + 1, due_millis = ?, error = ?"
                        + " WHERE id = ? AND state = 'waiting'",
                dueMillis,
                error,
                id);
    }

    static OutboxCounts counts(Connection connection) throws SQLException {
        Map<String, Long> totals = new HashMap<>();
        Sql.list(
                connection,
                "SELECT state, count FROM outbox_totals",
                row -> totals.put(row.getString(1), row.getLong(2)));
        Optional<Long> oldest = Sql.first(
                        connection,
                        "SELECT min(created_millis) FROM outbox WHERE state = 'waiting'",
                        row -> Optional.ofNullable(Rows.nullableLong(row, 1)))
                .flatMap(created -> created);
        return new OutboxCounts(
                waitingCount(connection),
                totals.getOrDefault(OutboxState.DELIVERED.label(), 0L),
                totals.getOrDefault(OutboxState.DEAD.label(), 0L),
                totals.getOrDefault(OutboxState.DROPPED.label(), 0L),
                oldest.orElse(null));
    }

    static List<OutboxEntry> latest(Connection connection, int limit) throws SQLException {
        return Sql.list(
                connection, "SELECT " + COLUMNS + " FROM outbox ORDER BY id DESC LIMIT ?", OutboxTable::entry, limit);
    }

    static List<OutboxEntry> lastDelivered(Connection connection, String receiver) throws SQLException {
        return Sql.list(
                connection,
                "SELECT " + COLUMNS + " FROM outbox WHERE id IN (SELECT max(id) FROM outbox"
                        + " WHERE receiver = ? AND state = 'delivered' GROUP BY group_key) ORDER BY id",
                OutboxTable::entry,
                receiver);
    }

    private static OutboxEntry entry(ResultSet row) throws SQLException {
        OutboxMessage message = new OutboxMessage(
                row.getString(2), row.getString(3), row.getString(4), row.getLong(5), row.getString(6));
        return new OutboxEntry(
                row.getLong(1),
                message,
                OutboxState.of(row.getString(7)),
                row.getInt(8),
                row.getLong(9),
                Rows.nullableLong(row, 10),
                row.getString(11));
    }
}
