package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/** One write within a transaction of the ledger. It neither commits nor keeps the connection. */
@FunctionalInterface
public interface LedgerChange {

    /**
     * Runs its statements.
     *
     * @throws SQLException if one fails; the whole transaction is rolled back then
     */
    void apply(Connection connection) throws SQLException;
}
