package io.vitrine.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Short forms for JDBC: run a statement, read rows. Parameters are bound in order; null is SQL's null. */
public final class Sql {
    private Sql() {}

    /** Makes a value of the row the cursor stands on. */
    @FunctionalInterface
    public interface RowMapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** Runs one statement or, in SQLite, a whole script. */
    public static void execute(Connection connection, String script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Not execute(): SQLite's driver would run the first statement of a script and leave the rest.
            statement.executeUpdate(script);
        }
    }

    /** Changes rows and says how many. */
    public static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        }
    }

    /** Reads every row. */
    public static <T> List<T> list(
            Connection connection, String sql, RowMapper<T> mapper, @Nullable Object... parameters)
            throws SQLException {
        return list(connection, sql, mapper, new Deadline(), parameters);
    }

    /** Reads every row, unless the deadline comes first: then it ends with an error of the engine. */
    public static <T> List<T> list(
            Connection connection, String sql, RowMapper<T> mapper, Deadline deadline, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            deadline.watch(statement);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> list = new ArrayList<>();
                while (rows.next()) {
                    list.add(mapper.map(rows));
                }
                return list;
            } finally {
                deadline.unwatch();
            }
        }
    }

    /** Reads the first row, if there is one. */
    public static <T> Optional<T> first(
            Connection connection, String sql, RowMapper<T> mapper, @Nullable Object... parameters)
            throws SQLException {
        return list(connection, sql, mapper, parameters).stream().findFirst();
    }

    /** Binds parameters from the first on. */
    public static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int index = 0; index < parameters.length; index++) {
            statement.setObject(index + 1, parameters[index]);
        }
    }

    /** Ends a transaction that failed; what fails here goes with the failure that led here. */
    public static void rollback(Connection connection, Throwable failure) {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // After an I/O error SQLite may have rolled back by itself, and then says that there is nothing to roll
            // back.
            failure.addSuppressed(e);
        }
    }
}
