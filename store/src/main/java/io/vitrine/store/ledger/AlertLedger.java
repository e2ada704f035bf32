package io.vitrine.store.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;
import io.vitrine.store.sql.Sql;

/**
 * State of alerts, of their routing and of objectives, so that a restart forgets nothing. Changes are made in one
 * transaction each.
 */
public final class AlertLedger {
    private final GroupCommit writer;
    private final Reads reads;

    AlertLedger(GroupCommit writer, Reads reads) {
        this.writer = writer;
        this.reads = reads;
    }

    /** Applies all of the changes, or none. */
    public CompletableFuture<Void> apply(List<LedgerChange> changes) {
        List<LedgerChange> all = List.copyOf(changes);
        return writer.submit(connection -> {
            for (LedgerChange change : all) {
                change.apply(connection);
            }
            return null;
        });
    }

    /** Adds or replaces an alert. */
    public static LedgerChange put(AlertRow alert) {
        return connection -> Sql.update(
                connection,
                "INSERT OR REPLACE INTO alerts (fingerprint, rule, severity, state, labels, summary, value, active_since, changed)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                alert.fingerprint(),
                alert.rule(),
                alert.severity(),
                alert.state(),
                alert.labels(),
                alert.summary(),
                Double.isNaN(alert.value()) ? null : alert.value(),
                alert.activeSinceMillis(),
                alert.changedMillis());
    }

    /** Removes an alert that has ended. */
    public static LedgerChange removeAlert(String fingerprint) {
        return connection -> Sql.update(connection, "DELETE FROM alerts WHERE fingerprint = ?", fingerprint);
    }

    /** Adds or replaces a part of the routing's state. */
    public static LedgerChange putRouting(String key, String json) {
        return connection ->
                Sql.update(connection, "INSERT OR REPLACE INTO alert_routing (key, json) VALUES (?, ?)", key, json);
    }

    /** Removes a part of the routing's state. */
    public static LedgerChange removeRouting(String key) {
        return connection -> Sql.update(connection, "DELETE FROM alert_routing WHERE key = ?", key);
    }

    /** Adds or replaces an hour of an objective. */
    public static LedgerChange put(SloHourRow hour) {
        return connection -> Sql.update(
                connection,
                "INSERT OR REPLACE INTO slo_hours (objective, labels, hour, bad, total, minutes) VALUES (?, ?, ?, ?, ?, ?)",
                hour.objective(),
                hour.labels(),
                hour.hourMillis(),
                hour.bad(),
                hour.total(),
                hour.minutes());
    }

    /**
     * Drops what is too old to be read.
     *
     * @param hoursBefore hours of objectives that began before it
     * @param minutesBefore minutes of hours that began before it
     * @param silencesBefore silences that ended before it
     */
    public static LedgerChange forget(long hoursBefore, long minutesBefore, long silencesBefore) {
        return connection -> {
            Sql.update(connection, "DELETE FROM slo_hours WHERE hour < ?", hoursBefore);
            Sql.update(
                    connection,
                    "UPDATE slo_hours SET minutes = NULL WHERE hour < ? AND minutes IS NOT NULL",
                    minutesBefore);
            Sql.update(connection, "DELETE FROM silences WHERE ends < ?", silencesBefore);
        };
    }

    /** Queues a message for its receiver. */
    public static LedgerChange send(OutboxMessage message) {
        return connection -> OutboxTable.insert(connection, message);
    }

    /** Adds a silence, and notes who did; false, and nothing changed, if there are as many as may be. */
    public CompletableFuture<Boolean> add(SilenceRow silence, int limit, AuditEntry audit) {
        return writer.submit(connection -> {
            long there = Sql.first(connection, "SELECT count(*) FROM silences", row -> row.getLong(1))
                    .orElse(0L);
            if (there >= limit) {
                return false;
            }
            Sql.update(
                    connection,
                    "INSERT INTO silences (id, matchers, starts, ends, author, reason) VALUES (?, ?, ?, ?, ?, ?)",
                    silence.id(),
                    silence.matchers(),
                    silence.startMillis(),
                    silence.endMillis(),
                    silence.author(),
                    silence.reason());
            AuditLog.insert(connection, audit);
            return true;
        });
    }

    /** Ends a silence, and notes who did; false if there is none of this id that has not ended. */
    public CompletableFuture<Boolean> expireSilence(String id, AuditEntry audit) {
        return writer.submit(connection -> {
            int ended = Sql.update(
                    connection,
                    "UPDATE silences SET ends = max(starts + 1, ?1) WHERE id = ?2 AND ends > ?1",
                    audit.epochMillis(),
                    id);
            if (ended > 0) {
                AuditLog.insert(connection, audit);
            }
            return ended > 0;
        });
    }

    /** All pending and firing alerts. */
    public List<AlertRow> alerts() {
        return reads.ask(connection ->
                Sql.list(connection, "SELECT * FROM alerts ORDER BY severity, rule, fingerprint", AlertLedger::alert));
    }

    private static AlertRow alert(ResultSet row) throws SQLException {
        double value = row.getDouble("value");
        return new AlertRow(
                row.getString("fingerprint"),
                row.getString("rule"),
                row.getString("severity"),
                row.getString("state"),
                row.getString("labels"),
                row.getString("summary"),
                row.wasNull() ? Double.NaN : value,
                row.getLong("active_since"),
                row.getLong("changed"));
    }

    /** The routing's state, JSON by key. */
    public Map<String, String> routing() {
        Map<String, String> routing = new LinkedHashMap<>();
        reads.ask(connection -> Sql.list(
                connection,
                "SELECT key, json FROM alert_routing ORDER BY key",
                row -> routing.put(row.getString(1), row.getString(2))));
        return routing;
    }

    /** Silences that end after a time, those that begin later included. */
    public List<SilenceRow> silences(long afterMillis) {
        return reads.ask(connection -> Sql.list(
                connection,
                "SELECT * FROM silences WHERE ends > ? ORDER BY starts, id",
                row -> new SilenceRow(
                        row.getString("id"),
                        row.getString("matchers"),
                        row.getLong("starts"),
                        row.getLong("ends"),
                        row.getString("author"),
                        row.getString("reason")),
                afterMillis));
    }

    /** Every hour of every objective, by time. */
    public List<SloHourRow> hours() {
        return reads.ask(
                connection -> Sql.list(connection, "SELECT * FROM slo_hours ORDER BY hour", AlertLedger::hour));
    }

    private static SloHourRow hour(ResultSet row) throws SQLException {
        String minutes = row.getString("minutes");
        return new SloHourRow(
                row.getString("objective"),
                row.getString("labels"),
                row.getLong("hour"),
                row.getDouble("bad"),
                row.getDouble("total"),
                minutes == null ? "" : minutes);
    }
}
