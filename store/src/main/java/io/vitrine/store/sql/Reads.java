package io.vitrine.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** A read-only connection to one file, for one caller at a time. It sees what was committed, and never waits for the writer. */
public final class Reads implements AutoCloseable {

    /** A question to the file. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private final Path file;
    private final Connection connection;

    public Reads(Path file) {
        this.file = file;
        this.connection = Sqlite.openForReading(file);
    }

    /** Asks on the caller's thread. */
    public synchronized <T> T ask(Question<T> question) {
        try {
            return question.ask(connection);
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        }
    }
}
