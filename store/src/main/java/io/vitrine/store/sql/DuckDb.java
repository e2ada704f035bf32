package io.vitrine.store.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * DuckDB in memory, with few threads, for reading and writing Parquet. It never has a file of its own: what matters is in the files it reads.
 *
 * <p>One caller at a time; what exceeds its memory goes to the spill directory.
 */
public final class DuckDb implements AutoCloseable {
    /**
     * What is skipped or read as a whole. A trace costs the reading of one group (0.16 ms for 1 000 rows) and a look at the bounds of
     * each (0.03 ms): for ten million rows the sum is least about here.
     */
    private static final int ROWS_IN_GROUP = 40_960;

    private final DuckDBConnection connection;

    private DuckDb(DuckDBConnection connection) {
        this.connection = connection;
    }

    /** With one thread. */
    public static DuckDb open(int memoryMegabytes, Path spillDirectory) {
        return open(memoryMegabytes, 1, spillDirectory);
    }

    public static DuckDb open(int memoryMegabytes, int threads, Path spillDirectory) {
        try {
            Connection opened = DriverManager.getConnection("jdbc:duckdb:");
            DuckDb duckDb = new DuckDb(opened.unwrap(DuckDBConnection.class));
            duckDb.limit(memoryMegabytes, threads, spillDirectory);
            return duckDb;
        } catch (SQLException e) {
            throw failure("cannot start DuckDB", e);
        }
    }

    private void limit(int memoryMegabytes, int threads, Path spillDirectory) throws SQLException {
        execute("SET memory_limit = '" + memoryMegabytes + "MB'");
        execute("SET threads = " + threads);
        execute("SET temp_directory = " + quoted(spillDirectory));
        // All that is needed is built in; nothing is fetched from anywhere.
        execute("SET autoinstall_known_extensions = false");
        execute("SET autoload_known_extensions = false");
    }

    /** A path as a SQL text; DuckDB would take these characters for a pattern. */
    public static String quoted(Path path) {
        String text = path.toString();
        if (text.matches(".*[*?\\[\\]].*")) {
            throw new StoreException(Reason.FAILED, "a path of the store must not contain any of *?[]: " + text);
        }
        return "'" + text.replace("'", "''") + "'";
    }

    public void createTable(String table, List<Column> columns) throws SQLException {
        execute("CREATE TABLE " + table + " ("
                + columns.stream().map(Column::definition).collect(Collectors.joining(", ")) + ")");
    }

    public void dropTable(String table) throws SQLException {
        execute("DROP TABLE IF EXISTS " + table);
    }

    /** Copies what another engine answers, columns in order, into a table. */
    public long append(String table, List<Column> columns, PreparedStatement question) throws SQLException {
        long count = 0;
        try (ResultSet rows = question.executeQuery();
                DuckDBAppender appender = connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, table)) {
            while (rows.next()) {
                appender.beginRow();
                for (int index = 0; index < columns.size(); index++) {
                    append(appender, columns.get(index).type(), rows, index + 1);
                }
                appender.endRow();
                count++;
            }
        }
        return count;
    }

    private static void append(DuckDBAppender appender, Column.Type type, ResultSet rows, int column)
            throws SQLException {
        if (rows.getObject(column) == null) {
            appender.appendNull();
            return;
        }
        switch (type) {
            case TEXT -> appender.append(rows.getString(column));
            case INTEGER -> appender.append(rows.getLong(column));
            case REAL -> appender.append(rows.getDouble(column));
        }
    }

    /** Writes what a query answers to a file, which is whole or not there. */
    public void copy(String select, Path file, ExportFormat format) throws SQLException, IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        Files.createDirectories(file.toAbsolutePath().getParent());
        String options =
                switch (format) {
                    case CSV -> "FORMAT csv, HEADER";
                    case PARQUET -> "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE " + ROWS_IN_GROUP;
                };
        execute("COPY (" + select + ") TO " + quoted(unfinished) + " (" + options + ")");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public Connection connection() {
        return connection;
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether an error means that the file read is damaged, and not that the disk or the memory gave out. */
    public static boolean blamesTheFile(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("Could not read enough bytes")) {
            return true; // cut off
        }
        return !message.contains("Out of Memory") && !message.contains("IO Error") && !message.contains("INTERRUPT");
    }

    public static StoreException failure(String what, SQLException e) {
        return new StoreException(Reason.FAILED, what + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure("cannot close DuckDB", e);
        }
    }
}
