package io.vitrine.store.telemetry;

import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.DuckDb;
import org.jspecify.annotations.Nullable;

/**
 * The one DuckDB of a store, started by the first question that needs it: its library is large, and a server that has only day files
 * can do without. One caller at a time. After a fatal error of its own, which it never recovers from, the next caller gets a new one.
 */
final class SharedDuckDb implements AutoCloseable {
    private final TelemetrySettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DuckDb opened;
    private boolean closed;

    SharedDuckDb(TelemetrySettings settings) {
        this.settings = settings;
    }

    /** Something to do with the engine. */
    @FunctionalInterface
    interface Use<T> {
        T with(DuckDb duckDb) throws SQLException;
    }

    /** Waits for the engine no longer than the deadline. */
    <T> T use(Deadline deadline, Use<T> use) throws SQLException {
        deadline.acquire(lock, "other questions to the Parquet files");
        try {
            DuckDb duckDb = get();
            try {
                return use.with(duckDb);
            } catch (SQLException e) {
                replaceIfUnusable(duckDb, e);
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    private DuckDb get() {
        if (closed) {
            throw new StoreException(Reason.CLOSED, "the store is closed");
        }
        if (opened == null) {
            opened = DuckDb.open(settings.memoryMegabytes(), settings.threads(), settings.spillDirectory());
        }
        return opened;
    }

    private void replaceIfUnusable(DuckDb duckDb, SQLException failure) {
        if (!duckDb.isUsable()) {
            opened = null;
            try {
                duckDb.close();
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /** Not before the question that it is answering has ended, which questions do within their time. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (opened != null) {
                opened.close();
                opened = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
