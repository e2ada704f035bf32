package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;
import io.vitrine.store.sql.Sql;

/** Who changed what, in the order it was written; nothing is ever taken out. */
public final class AuditLog {
    private static final String COLUMNS = "id, time, actor, action, target, detail";

    private final GroupCommit writer;
    private final Reads reads;

    AuditLog(GroupCommit writer, Reads reads) {
        this.writer = writer;
        this.reads = reads;
    }

    public CompletableFuture<Void> record(AuditEntry entry) {
        return writer.submit(connection -> {
            insert(connection, entry);
            return null;
        });
    }

    /** Writes an entry within the transaction of what it is about. */
    static void insert(Connection connection, AuditEntry entry) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO audit (time, actor, action, target, detail) VALUES (?, ?, ?, ?, ?)",
                entry.epochMillis(),
                entry.actor(),
                entry.action(),
                entry.target(),
                entry.detail());
    }

    /** The last entries, newest first, by the order of writing and not by a clock that may have stepped. */
    public List<AuditRow> latest(int limit) {
        return reads.ask(connection -> Sql.list(
                connection, "SELECT " + COLUMNS + " FROM audit ORDER BY id DESC LIMIT ?", Rows::auditRow, limit));
    }

    /** The entries that were written after one, oldest first, at most so many. */
    public List<AuditRow> after(long id, int limit) {
        return reads.ask(connection -> Sql.list(
                connection,
                "SELECT " + COLUMNS + " FROM audit WHERE id > ? ORDER BY id LIMIT ?",
                Rows::auditRow,
                id,
                limit));
    }
}
