package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;

import io.vitrine.store.sql.Sql;

/** Stand-in. */
final class OutboxTable {

    private OutboxTable() {}

    static void insert(Connection connection, OutboxMessage message) throws SQLException {
        Sql.execute(
                connection,
                "CREATE TABLE IF NOT EXISTS outbox (receiver TEXT, group_key TEXT, kind TEXT, created INTEGER, body TEXT)");
        Sql.update(
                connection,
                "INSERT INTO outbox VALUES (?, ?, ?, ?, ?)",
                message.receiver(),
                message.groupKey(),
                message.kind(),
                message.createdMillis(),
                message.body());
    }
}
