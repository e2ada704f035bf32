package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import io.vitrine.store.sql.Sql;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of budgets, each method inside the writer's transaction.
 *
 * <p>Left of a budget = limit - spent in the period - open reservations made in the period. A reservation belongs to the periods it was
 * made in, and so does what it is settled at: a request that runs past midnight is yesterday's, and a clock that steps back moves
 * nothing.
 */
final class BudgetTable {

    private BudgetTable() {}

    private record Reservation(String requestId, String tenant, long amount, long created) {}

    static BudgetVerdict reserve(
            Connection connection, String requestId, String tenant, long amount, long now, List<BudgetLimit> limits)
            throws SQLException {
        if (find(connection, requestId).isPresent()) {
            return new BudgetVerdict(null, least(connection, tenant, now, limits));
        }
        for (BudgetLimit limit : limits) {
            long left = left(connection, tenant, now, limit);
            if (amount > left) {
                return new BudgetVerdict(limit.period(), left);
            }
        }
        Sql.update(
                connection,
                "INSERT INTO budget_reservations (request_id, tenant, amount, created) VALUES (?, ?, ?, ?)",
                requestId,
                tenant,
                amount,
                now);
        return new BudgetVerdict(null, least(connection, tenant, now, limits));
    }

    /** Turns a reservation into what was really spent; false if there is none, and then nothing changes. */
    static boolean settle(Connection connection, String requestId, long actual) throws SQLException {
        Optional<Reservation> reservation = find(connection, requestId);
        if (reservation.isEmpty()) {
            return false;
        }
        for (BudgetPeriod period : BudgetPeriod.values()) {
            spend(
                    connection,
                    reservation.get().tenant(),
                    period.keyAt(reservation.get().created()),
                    actual);
        }
        return refund(connection, requestId);
    }

    static boolean refund(Connection connection, String requestId) throws SQLException {
        return Sql.update(connection, "DELETE FROM budget_reservations WHERE request_id = ?", requestId) > 0;
    }

    /** Judges what a crash left: a request in the ledger was charged, any other owes nothing. */
    static Recovery recover(Connection connection) throws SQLException {
        record Charged(String requestId, @Nullable Long revenue) {}
        List<Charged> left = Sql.list(
                connection,
                "SELECT r.request_id, e.revenue_billionths FROM budget_reservations r"
                        + " LEFT JOIN cost_entries e ON e.request_id = r.request_id",
                row -> new Charged(row.getString(1), Rows.nullableLong(row, 2)));
        int settled = 0;
        for (Charged request : left) {
            if (request.revenue() == null) {
                refund(connection, request.requestId());
            } else {
                settle(connection, request.requestId(), request.revenue());
                settled++;
            }
        }
        return new Recovery(settled, left.size() - settled);
    }

    static BudgetUse use(Connection connection, String tenant, BudgetPeriod period, long now) throws SQLException {
        long spent = Sql.first(
                        connection,
                        "SELECT amount FROM budget_spent WHERE tenant = ? AND period = ?",
                        row -> row.getLong(1),
                        tenant,
                        period.keyAt(now))
                .orElse(0L);
        long reserved = Sql.first(
                        connection,
                        "SELECT coalesce(sum(amount), 0) FROM budget_reservations"
                                + " WHERE tenant = ? AND created >= ? AND created < ?",
                        row -> row.getLong(1),
                        tenant,
                        period.startMillis(now),
                        period.endMillis(now))
                .orElse(0L);
        return new BudgetUse(spent, reserved);
    }

    private static long least(Connection connection, String tenant, long now, List<BudgetLimit> limits)
            throws SQLException {
        long least = Long.MAX_VALUE;
        for (BudgetLimit limit : limits) {
            least = Math.min(least, left(connection, tenant, now, limit));
        }
        return least;
    }

    private static long left(Connection connection, String tenant, long now, BudgetLimit limit) throws SQLException {
        BudgetUse use = use(connection, tenant, limit.period(), now);
        return limit.limitBillionths() - use.spentBillionths() - use.reservedBillionths();
    }

    private static void spend(Connection connection, String tenant, String period, long amount) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO budget_spent (tenant, period, amount) VALUES (?, ?, ?)"
                        + " ON CONFLICT (tenant, period) DO UPDATE SET amount = amount + excluded.amount",
                tenant,
                period,
                amount);
    }

    private static Optional<Reservation> find(Connection connection, String requestId) throws SQLException {
        return Sql.first(
                connection,
                "SELECT request_id, tenant, amount, created FROM budget_reservations WHERE request_id = ?",
                row -> new Reservation(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)),
                requestId);
    }
}
