package io.vitrine.store.telemetry;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Rows as records; both engines name the columns alike. */
final class Mappers {
    private Mappers() {}

    static SpanRow span(ResultSet row) throws SQLException {
        return new SpanRow(
                row.getString("trace_id"),
                row.getString("span_id"),
                row.getString("parent_id"),
                row.getString("name"),
                row.getLong("at_nanos"),
                row.getLong("duration_nanos"),
                row.getString("tenant_id"),
                row.getString("request_id"),
                row.getString("status"),
                row.getString("attributes"));
    }

    static LogRow log(ResultSet row) throws SQLException {
        return new LogRow(
                row.getLong("at_nanos"),
                row.getString("level"),
                row.getString("category"),
                row.getString("event"),
                row.getString("message"),
                row.getString("trace_id"),
                row.getString("span_id"),
                row.getString("tenant_id"),
                row.getString("request_id"),
                row.getString("attributes"));
    }

    static StepRow step(ResultSet row) throws SQLException {
        return new StepRow(
                row.getLong("at_nanos"),
                row.getLong("duration_nanos"),
                row.getString("phase"),
                row.getInt("batch_size"),
                row.getInt("tokens"),
                row.getLong("kv_bytes"),
                row.getString("attributes"));
    }

    static SampleRow sample(ResultSet row) throws SQLException {
        return new SampleRow(
                row.getLong("at_nanos"),
                row.getString("meter"),
                row.getString("labels"),
                row.getDouble("value"),
                row.getString("tenant_id"));
    }

    static GpuRow gpu(ResultSet row) throws SQLException {
        return new GpuRow(
                row.getLong("at_nanos"), row.getString("gpu_id"), row.getString("metric"), row.getDouble("value"));
    }
}
