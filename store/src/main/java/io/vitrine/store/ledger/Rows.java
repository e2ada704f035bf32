package io.vitrine.store.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;

import org.jspecify.annotations.Nullable;

/** Rows of the ledger's tables as records. */
final class Rows {
    private Rows() {}

    static CostEntry costEntry(ResultSet row) throws SQLException {
        return new CostEntry(
                row.getString("entry_id"),
                row.getString("request_id"),
                row.getLong("at_millis"),
                row.getString("tenant_id"),
                row.getString("key_id"),
                row.getString("model_name"),
                row.getString("route"),
                row.getString("outcome"),
                row.getLong("input_tokens"),
                row.getLong("cached_tokens"),
                row.getLong("output_tokens"),
                row.getString("currency"),
                nullableLong(row, "revenue_billionths"),
                nullableLong(row, "infrastructure_billionths"),
                row.getLong("engine_nanos"),
                row.getDouble("kv_byte_seconds"),
                nullableDouble(row, "joules"),
                row.getString("trace_id"));
    }

    static CostSum costSum(ResultSet row) throws SQLException {
        return new CostSum(
                row.getString("tenant_id"),
                row.getString("model_name"),
                LocalDate.ofEpochDay(row.getLong("day")),
                row.getString("currency"),
                row.getLong("requests"),
                row.getLong("unpriced_requests"),
                row.getLong("uncosted_requests"),
                row.getLong("input_tokens"),
                row.getLong("cached_tokens"),
                row.getLong("output_tokens"),
                nullableLong(row, "revenue_billionths"),
                nullableLong(row, "infrastructure_billionths"),
                nullableLong(row, "margin_billionths"),
                nullableLong(row, "margin_revenue_billionths"),
                row.getLong("costed_tokens"),
                row.getLong("costed_output_tokens"),
                row.getLong("engine_nanos"),
                row.getDouble("kv_byte_seconds"),
                nullableDouble(row, "joules"),
                row.getLong("ratings"),
                nullableDouble(row, "average_score"));
    }

    static Feedback feedback(ResultSet row) throws SQLException {
        return new Feedback(
                row.getString("entry_id"),
                row.getLong("at_millis"),
                row.getString("tenant_id"),
                row.getDouble("score"),
                row.getString("comment"));
    }

    static ApiKey apiKey(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getLong(6),
                nullableLong(row, 7),
                nullableLong(row, 8),
                nullableLong(row, 9));
    }

    static AuditRow auditRow(ResultSet row) throws SQLException {
        AuditEntry entry =
                new AuditEntry(row.getLong(2), row.getString(3), row.getString(4), row.getString(5), row.getString(6));
        return new AuditRow(row.getLong(1), entry);
    }

    static IncidentRow incident(ResultSet row) throws SQLException {
        return new IncidentRow(
                row.getLong("id"),
                row.getLong("version"),
                row.getString("severity"),
                row.getString("state"),
                row.getLong("detected_millis"),
                nullableLong(row, "ended_millis"),
                nullableLong(row, "due_day"),
                row.getString("json"));
    }

    static EvidenceRow evidence(ResultSet row) throws SQLException {
        return new EvidenceRow(
                row.getLong("incident_id"),
                row.getString("name"),
                row.getString("media_type"),
                row.getLong("taken_millis"),
                row.getLong("bytes"),
                row.getString("note"));
    }

    static @Nullable Long nullableLong(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private static @Nullable Long nullableLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private static @Nullable Double nullableDouble(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }
}
