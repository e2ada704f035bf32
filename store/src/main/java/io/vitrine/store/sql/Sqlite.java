package io.vitrine.store.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;

/**
 * Opens SQLite files the way the whole store uses them: write-ahead log, so that readers never wait for the writer, and a schema
 * brought up to date.
 *
 * <p>Transactions are begun and ended by statement. The driver's own ({@code setAutoCommit(false)}) would begin the next one as soon
 * as one is committed, and so hold the file's write lock while nothing is written.
 */
public final class Sqlite {
    /** How long one process waits for another that is writing. */
    private static final int BUSY_MILLIS = 5_000;

    private Sqlite() {}

    /**
     * Opens a file for writing, makes it and its directory if they are missing, and migrates it.
     *
     * @throws StoreException if the directory or file cannot be written, is not SQLite's, or is of a newer version
     */
    public static Connection openForWriting(Path file, Durability durability, Schema schema) {
        makeDirectory(file);
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(durability.mode());
        Connection connection = connect(file, config, BUSY_MILLIS);
        try {
            // Every writer, not only one that deletes: a page that is split keeps copies of rows in its free bytes
            // otherwise.
            Sql.first(connection, "PRAGMA secure_delete = ON", row -> row.getInt(1));
            requirePragmas(connection, file, durability);
            migrate(connection, file, schema);
            syncDirectory(file);
            return connection;
        } catch (SQLException e) {
            throw closing(connection, failure(file, e));
        } catch (StoreException e) {
            throw closing(connection, e);
        }
    }

    /**
     * What was asked for, read back: a file system without shared memory, for one, has no write-ahead log, and SQLite then goes on
     * without one and without a word.
     */
    private static void requirePragmas(Connection connection, Path file, Durability durability) throws SQLException {
        requirePragma(connection, file, "journal_mode", "wal");
        requirePragma(connection, file, "synchronous", Integer.toString(durability.level()));
        requirePragma(connection, file, "busy_timeout", Integer.toString(BUSY_MILLIS));
        requirePragma(connection, file, "secure_delete", "1");
    }

    /**
     * Reads a pragma back from an open file.
     *
     * @throws StoreException if it has another value
     */
    public static void requirePragma(Connection connection, Path file, String pragma, String wanted)
            throws SQLException {
        String found = Sql.first(connection, "PRAGMA " + pragma, row -> row.getString(1))
                .orElse("nothing");
        if (!found.equals(wanted)) {
            throw new StoreException(
                    Reason.FAILED,
                    file + " must have " + pragma + " = " + wanted + " and has " + found
                            + ": the file system may not support it");
        }
    }

    /** Opens an existing file for reading only. */
    public static Connection openForReading(Path file) {
        return openForReading(file, new Deadline());
    }

    /** Opens an existing file for reading only; its statements wait for no other process longer than is left now. */
    public static Connection openForReading(Path file, Deadline deadline) {
        if (!Files.exists(file)) {
            throw new StoreException(Reason.FAILED, "no such file: " + file);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        long wait = Math.min(BUSY_MILLIS, deadline.remaining().toMillis());
        return connect(file, config, (int) wait);
    }

    /** Whether a file is damaged, found out over a connection of its own; reads all of it, until the deadline. */
    public static Verdict check(Path file, Deadline deadline) {
        try (Connection own = openForReading(file, deadline)) {
            List<String> faults = Sql.list(own, "PRAGMA quick_check(1)", row -> row.getString(1), deadline);
            return faults.equals(List.of("ok")) ? Verdict.WHOLE : Verdict.DAMAGED;
        } catch (SQLException e) {
            return reason(e) == Reason.CORRUPT ? Verdict.DAMAGED : Verdict.UNKNOWN;
        } catch (StoreException e) {
            return e.reason() == Reason.CORRUPT ? Verdict.DAMAGED : Verdict.UNKNOWN;
        }
    }

    /** What an error means for the store. */
    public static StoreException failure(Path file, SQLException e) {
        Reason reason = reason(e);
        return new StoreException(reason, words(reason) + ": " + file + " (" + e.getMessage() + ")", e);
    }

    private static Reason reason(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return Reason.FAILED;
        }
        String code = sqlite.getResultCode().name();
        if (code.equals("SQLITE_FULL")) {
            return Reason.DISK_FULL;
        }
        if (code.startsWith("SQLITE_CORRUPT") || code.equals("SQLITE_NOTADB")) {
            return Reason.CORRUPT;
        }
        boolean readOnly = code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN");
        return readOnly ? Reason.READ_ONLY : Reason.FAILED;
    }

    private static String words(Reason reason) {
        return switch (reason) {
            case DISK_FULL -> "no room left to write";
            case CORRUPT -> "damaged, or not a SQLite file";
            case READ_ONLY -> "cannot be opened or written";
            case QUEUE_FULL, CLOSED, IN_USE, NEWER_VERSION, TOO_SLOW, FAILED -> "SQLite failed";
        };
    }

    private static Connection connect(Path file, SQLiteConfig config, int busyMillis) {
        if (file.toString().contains("?")) {
            throw new StoreException(Reason.FAILED, "a path of the store must not contain '?': " + file);
        }
        config.setBusyTimeout(busyMillis);
        try {
            return config.createConnection("jdbc:sqlite:" + file);
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    private static void makeDirectory(Path file) {
        Path directory = file.toAbsolutePath().normalize().getParent();
        try {
            if (directory != null) {
                DurableFiles.makeDirectory(directory);
            }
        } catch (IOException e) {
            throw new StoreException(Reason.READ_ONLY, "cannot make the store's directory " + directory + ": " + e, e);
        }
    }

    /** SQLite syncs the file and not its name. */
    private static void syncDirectory(Path file) {
        try {
            Path directory = file.toAbsolutePath().normalize().getParent();
            if (directory != null) {
                DurableFiles.syncDirectory(directory);
            }
        } catch (IOException e) {
            throw new StoreException(Reason.READ_ONLY, "cannot sync the directory of " + file + ": " + e, e);
        }
    }

    private static void migrate(Connection connection, Path file, Schema schema) throws SQLException {
        if (version(connection) == schema.version()) {
            return;
        }
        Sql.execute(connection, "BEGIN IMMEDIATE");
        try {
            // Read again: another process may have migrated while this one waited for the lock.
            int found = version(connection);
            if (found > schema.version()) {
                throw new StoreException(
                        Reason.NEWER_VERSION,
                        file + " has schema version " + found + " and this program knows " + schema.version()
                                + " at most: start the newer program, or move the file away");
            }
            for (int next = found; next < schema.version(); next++) {
                Sql.execute(connection, schema.scripts().get(next));
            }
            Sql.execute(connection, "PRAGMA user_version = " + schema.version());
            Sql.execute(connection, "COMMIT");
        } catch (SQLException | StoreException e) {
            Sql.rollback(connection, e);
            throw e;
        }
    }

    private static int version(Connection connection) throws SQLException {
        return Sql.first(connection, "PRAGMA user_version", row -> row.getInt(1))
                .orElseThrow();
    }

    private static StoreException closing(Connection connection, StoreException failure) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
