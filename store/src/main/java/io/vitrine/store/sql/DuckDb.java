package io.vitrine.store.sql;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;
import io.vitrine.store.file.SpillDirectory;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * DuckDB in memory, with few threads, for reading and writing Parquet. It never has a file of its own: what matters is in the files it reads.
 *
 * <p>One caller at a time; what exceeds its memory goes to a directory of its own below the spill directory.
 */
public final class DuckDb implements AutoCloseable {
    /**
     * What is skipped or read as a whole. A trace costs the reading of one group (0.16 ms for 1 000 rows) and a look at the bounds of
     * each (0.03 ms): for ten million rows the sum is least about here.
     */
    private static final int ROWS_IN_GROUP = 40_960;

    private static final long MEGABYTE = 1_000_000;
    private static final Pattern SIZE = Pattern.compile("([0-9.]+) (bytes|KiB|MiB|GiB|TiB)");
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

    private final DuckDBConnection connection;
    private final Optional<SpillDirectory> spill;

    private DuckDb(DuckDBConnection connection, Optional<SpillDirectory> spill) {
        this.connection = connection;
        this.spill = spill;
    }

    /** With one thread. */
    public static DuckDb open(int memoryMegabytes, Path spillDirectory) {
        return open(memoryMegabytes, 1, spillDirectory);
    }

    /**
     * Starts an engine within these limits.
     *
     * @throws StoreException if it cannot start, or does not keep to them
     */
    public static DuckDb open(int memoryMegabytes, int threads, Path spillDirectory) {
        Optional<SpillDirectory> spill = spill(spillDirectory);
        try {
            Connection opened = DriverManager.getConnection("jdbc:duckdb:");
            DuckDb duckDb = new DuckDb(opened.unwrap(DuckDBConnection.class), spill);
            duckDb.limit(memoryMegabytes, threads);
            return duckDb;
        } catch (SQLException e) {
            throw closing(spill, failure("cannot start DuckDB", e));
        } catch (StoreException e) {
            throw closing(spill, e);
        }
    }

    /** None where nothing can be written: on a full disk files can still be read, with what memory there is. */
    private static Optional<SpillDirectory> spill(Path parent) {
        try {
            return Optional.of(SpillDirectory.in(parent));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static StoreException closing(Optional<SpillDirectory> spill, StoreException failure) {
        try {
            close(spill);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static void close(Optional<SpillDirectory> spill) throws IOException {
        if (spill.isPresent()) {
            spill.get().close();
        }
    }

    private void limit(int memoryMegabytes, int threads) throws SQLException {
        execute("SET memory_limit = '" + memoryMegabytes + "MB'");
        execute("SET threads = " + threads);
        String temporary = spill.map(directory -> quoted(directory.path())).orElse("''");
        execute("SET temp_directory = " + temporary);
        // All that is needed is built in; nothing is fetched from anywhere.
        execute("SET autoinstall_known_extensions = false");
        execute("SET autoload_known_extensions = false");
        require("threads", Integer.toString(threads));
        require(
                "temp_directory",
                spill.map(directory -> directory.path().toString()).orElse(""));
        require("autoinstall_known_extensions", "false");
        require("autoload_known_extensions", "false");
        requireMemory(memoryMegabytes);
    }

    private void require(String setting, String wanted) throws SQLException {
        String found = setting(setting);
        if (!found.equals(wanted)) {
            throw new StoreException(
                    Reason.FAILED, "DuckDB must have " + setting + " = " + wanted + " and has " + found);
        }
    }

    /** Shown in binary units, with one digit after the point. */
    private void requireMemory(int megabytes) throws SQLException {
        String found = setting("memory_limit");
        Matcher size = SIZE.matcher(found);
        double bytes = size.matches()
                ? Double.parseDouble(size.group(1)) * Math.pow(1024, UNITS.indexOf(size.group(2)))
                : Double.POSITIVE_INFINITY;
        if (bytes > megabytes * MEGABYTE * 1.05) {
            throw new StoreException(
                    Reason.FAILED, "DuckDB must have a memory_limit of " + megabytes + " MB and has " + found);
        }
    }

    private String setting(String name) throws SQLException {
        return Sql.first(connection, "SELECT current_setting('" + name + "')::VARCHAR", row -> row.getString(1))
                .orElseThrow();
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

    /** Writes what a query answers to a file, which is whole and on the disk afterwards, or not there. */
    public void copy(String select, Path file, ExportFormat format) throws SQLException, IOException {
        String options =
                switch (format) {
                    case CSV -> "FORMAT csv, HEADER";
                    case PARQUET -> "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE " + ROWS_IN_GROUP;
                };
        DurableFiles.publish(
                file, unfinished -> execute("COPY (" + select + ") TO " + quoted(unfinished) + " (" + options + ")"));
    }

    /**
     * A Parquet file as a source of rows with these columns, to select from: those that an older version did not write are null, as are
     * those of a newer one absent.
     */
    public static String parquet(Path file, List<Column> columns) {
        String absent =
                columns.stream().map(Column::absent).collect(Collectors.joining(", ", "SELECT ", " WHERE false"));
        return "(SELECT * FROM read_parquet(" + quoted(file) + ") UNION ALL BY NAME " + absent + ")";
    }

    /** Whether it still answers: after a fatal error of its own it never does again, and must be opened anew. */
    public boolean isUsable() {
        try {
            execute("SELECT 1");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    public Connection connection() {
        return connection;
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public static StoreException failure(String what, SQLException e) {
        return new StoreException(Reason.FAILED, what + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            connection.close();
            close(spill);
        } catch (SQLException e) {
            throw closing(spill, failure("cannot close DuckDB", e));
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot delete DuckDB's spill directory: " + e, e);
        }
    }
}
