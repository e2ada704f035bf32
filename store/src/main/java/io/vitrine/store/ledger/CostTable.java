package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import io.vitrine.store.sql.Sql;

/** The statements on cost entries and what users thought of them. */
final class CostTable {
    private static final String INSERT =
            "INSERT INTO cost_entries (entry_id, request_id, at_millis, tenant_id, key_id, model_name,"
                    + " route, outcome, input_tokens, cached_tokens, output_tokens, currency, revenue_billionths,"
                    + " infrastructure_billionths, engine_nanos, kv_byte_seconds, joules, trace_id)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (entry_id) DO NOTHING";

    // Euclidean division by hand: a time before 1970, from a clock that was never set, still falls on its own day.
    private static final String DAY = "((e.at_millis - ((e.at_millis % 86400000 + 86400000) % 86400000)) / 86400000)";

    private static final String COSTED = "WHERE e.infrastructure_billionths IS NOT NULL";

    private static final String SUMS = "SELECT e.tenant_id, e.model_name, " + DAY + " AS day, e.currency,"
            + " count(*) AS requests, count(*) - count(e.revenue_billionths) AS unpriced_requests,"
            + " count(*) - count(e.infrastructure_billionths) AS uncosted_requests, sum(e.input_tokens) AS input_tokens, sum(e.cached_tokens) AS cached_tokens,"
            + " sum(e.output_tokens) AS output_tokens, sum(e.revenue_billionths) AS revenue_billionths,"
            + " sum(e.infrastructure_billionths) AS infrastructure_billionths,"
            + " sum(e.revenue_billionths - e.infrastructure_billionths) AS margin_billionths,"
            + " sum(e.revenue_billionths) FILTER (" + COSTED + ") AS margin_revenue_billionths,"
            + " coalesce(sum(e.input_tokens + e.output_tokens) FILTER (" + COSTED + "), 0) AS costed_tokens,"
            + " coalesce(sum(e.output_tokens) FILTER (" + COSTED + "), 0) AS costed_output_tokens,"
            + " sum(e.engine_nanos) AS engine_nanos,"
            + " sum(e.kv_byte_seconds) AS kv_byte_seconds, sum(e.joules) AS joules,"
            + " count(f.score) AS ratings, avg(f.score) AS average_score"
            + " FROM cost_entries e LEFT JOIN feedback f ON f.entry_id = e.entry_id"
            + " WHERE e.at_millis >= ?1 AND e.at_millis < ?2 AND (?3 IS NULL OR e.tenant_id = ?3)"
            + " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";

    private CostTable() {}

    static boolean insert(Connection connection, CostEntry entry) throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        entry.entryId(),
                        entry.requestId(),
                        entry.atEpochMillis(),
                        entry.tenantId(),
                        entry.keyId(),
                        entry.modelName(),
                        entry.route(),
                        entry.outcome(),
                        entry.inputTokens(),
                        entry.cachedTokens(),
                        entry.outputTokens(),
                        entry.currency(),
                        entry.revenueBillionths(),
                        entry.infrastructureBillionths(),
                        entry.engineNanos(),
                        entry.kvByteSeconds(),
                        entry.joules(),
                        entry.traceId())
                > 0;
    }

    static void rate(Connection connection, Feedback feedback) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO feedback (entry_id, at_millis, tenant_id, score, comment)"
                        + " SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE tenant_id = ?3"
                        + " AND at_millis > coalesce((SELECT at_millis FROM cost_entries WHERE entry_id = ?1), ?2))"
                        + " ON CONFLICT (entry_id) DO UPDATE SET at_millis = excluded.at_millis,"
                        + " score = excluded.score, comment = excluded.comment WHERE tenant_id = excluded.tenant_id",
                feedback.entryId(),
                feedback.atEpochMillis(),
                feedback.tenantId(),
                feedback.score(),
                feedback.comment());
    }

    static List<CostSum> sums(Connection connection, CostFilter filter) throws SQLException {
        return Sql.list(connection, SUMS, Rows::costSum, filter.fromMillis(), filter.endMillis(), filter.tenantId());
    }
}
