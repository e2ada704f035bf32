package io.vitrine.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;

/** A read-only connection to one file, for one caller at a time. It sees what was committed, and never waits for the writer. */
public final class Reads implements AutoCloseable {
    private static final Duration WAIT_LIMIT = Duration.ofSeconds(5);

    /** A question to the file. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private final Path file;
    private final Connection connection;
    private final ReentrantLock lock = new ReentrantLock();

    public Reads(Path file) {
        this.file = file;
        this.connection = Sqlite.openForReading(file);
    }

    /**
     * Asks on the caller's thread.
     *
     * @throws StoreException also if other callers take longer than five seconds
     */
    public <T> T ask(Question<T> question) {
        acquire();
        try {
            return question.ask(connection);
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        } finally {
            lock.unlock();
        }
    }

    private void acquire() {
        try {
            if (!lock.tryLock(WAIT_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreException(
                        Reason.TOO_SLOW, "other callers read for more than " + WAIT_LIMIT.toSeconds() + " s: " + file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Reason.FAILED, "interrupted while others read: " + file, e);
        }
    }

    @Override
    public void close() {
        acquire();
        try {
            connection.close();
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        } finally {
            lock.unlock();
        }
    }
}
