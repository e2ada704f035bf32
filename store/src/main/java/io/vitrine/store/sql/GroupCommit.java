package io.vitrine.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes a file, committing whatever has gathered while the commit before was on its way to the disk.
 *
 * <p>A commit that waits for the disk costs the same for one piece of work as for a hundred, so the busier the store, the cheaper
 * each piece. Every piece stands in a savepoint of its own: one that fails is undone alone. Pieces run in the order of submission,
 * one after the other, so what a piece reads cannot change before it has written.
 *
 * <p>Futures are completed on the writing thread: who has long work to do then goes elsewhere to do it. Whatever is thrown, an
 * {@link Error} too, fails the pieces that it concerns and not the thread: no caller waits for a piece that nobody writes.
 */
public final class GroupCommit implements AutoCloseable {

    /** Something to do inside a transaction; it neither commits nor keeps the connection. */
    @FunctionalInterface
    public interface Work<T> {
        @Nullable
        T run(Connection connection) throws SQLException;
    }

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final Path file;
    private final Connection connection;
    private final int batchLimit;
    private final int queueLimit;
    private final BlockingQueue<Piece<?>> queue;
    private final Piece<Void> end = new Piece<>(c -> null);
    private final Thread thread;
    private final LongAdder committed = new LongAdder();
    private final LongAdder commits = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private boolean closed;
    /** The writer's: whether the last rollback failed, and so a transaction may still be open. */
    private boolean unended;

    /** Starts the thread; the connection is its own from now on, and closed with it. */
    public GroupCommit(String name, Path file, Connection connection, int queueLimit, int batchLimit) {
        this.file = file;
        this.connection = connection;
        this.queueLimit = queueLimit;
        this.batchLimit = batchLimit;
        this.queue = new ArrayBlockingQueue<>(queueLimit);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Queues work; never waits.
     *
     * @return completes once the work is durable, or with a {@link StoreException}; on failure nothing of it was written
     */
    public <T> CompletableFuture<T> submit(Work<T> work) {
        Piece<T> piece = new Piece<>(work);
        StoreException refusal = enqueue(piece);
        if (refusal != null) {
            refused.increment();
            piece.future.completeExceptionally(refusal);
        }
        return piece.future;
    }

    public WriterCounts counts() {
        return new WriterCounts(committed.sum(), commits.sum(), refused.sum(), failed.sum(), queue.size());
    }

    /**
     * Writes what is queued, then closes the file. What is submitted from now on is refused, and what a disk that hangs keeps from being
     * written within {@link #CLOSE_LIMIT} is left to it.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        boolean interrupted = false;
        boolean asked = false;
        while (true) {
            try {
                asked = asked || queue.offer(end, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                thread.join(CLOSE_LIMIT.toMillis());
                break;
            } catch (InterruptedException e) {
                // What was accepted is written first; the caller sees its interrupt afterwards.
                interrupted = true;
            }
        }
        if (thread.isAlive()) {
            refuseTheRest();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable StoreException enqueue(Piece<?> piece) {
        if (closed) {
            return new StoreException(Reason.CLOSED, "closed: " + file);
        }
        if (!queue.offer(piece)) {
            return new StoreException(Reason.QUEUE_FULL, queueLimit + " writes wait already, the limit: " + file);
        }
        return null;
    }

    private void run() {
        List<Piece<?>> batch = new ArrayList<>(batchLimit);
        try (connection) {
            boolean ended = false;
            while (!ended) {
                batch.add(queue.take());
                queue.drainTo(batch, batchLimit - 1);
                ended = batch.remove(end);
                commit(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the store's writer", e);
        } catch (SQLException e) {
            // Closing failed. All that was promised has been committed before.
            failed.increment();
        } finally {
            refuseTheRest();
        }
    }

    /** Also when an error ends the thread: nobody may wait for what will never be written. */
    private void refuseTheRest() {
        List<Piece<?>> rest = new ArrayList<>();
        synchronized (this) {
            closed = true;
            queue.drainTo(rest);
        }
        for (Piece<?> piece : rest) {
            piece.fail(new StoreException(Reason.CLOSED, "closed: " + file));
            failed.increment();
            piece.complete();
        }
    }

    private void commit(List<Piece<?>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            transaction(batch);
            commits.increment();
        } catch (Throwable e) { // an Error too: it must not end the thread that all the others wait for
            rollback(e);
            Throwable failure = e instanceof SQLException sql ? Sqlite.failure(file, sql) : e;
            batch.forEach(piece -> piece.fail(failure));
        }
        for (Piece<?> piece : batch) {
            // Counted before its future completes: its caller finds it in the counts.
            (piece.failed() ? failed : committed).increment();
            piece.complete();
        }
    }

    private void transaction(List<Piece<?>> batch) throws SQLException {
        if (unended) {
            Sql.rollback(connection, new SQLException("the rollback before failed"));
            unended = false;
        }
        Sql.execute(connection, "BEGIN IMMEDIATE");
        for (Piece<?> piece : batch) {
            piece.run();
        }
        Sql.execute(connection, "COMMIT");
    }

    private void rollback(Throwable failure) {
        Sql.rollback(connection, failure);
        unended = true;
    }

    /** One piece of work and what came of it. */
    private final class Piece<T> {
        private final Work<T> work;
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private @Nullable T result;
        private @Nullable Throwable failure;

        private Piece(Work<T> work) {
            this.work = work;
        }

        private void run() throws SQLException {
            Sql.execute(connection, "SAVEPOINT piece");
            try {
                result = work.run(connection);
            } catch (SQLException e) {
                undo(Sqlite.failure(file, e));
            } catch (RuntimeException | Error e) {
                undo(e);
            }
            Sql.execute(connection, "RELEASE piece");
        }

        private void undo(Throwable why) throws SQLException {
            failure = why;
            // When SQLite has ended the transaction by itself there is no savepoint any more: that fails the whole
            // batch, as it must.
            Sql.execute(connection, "ROLLBACK TO piece");
        }

        private void fail(Throwable why) {
            failure = failure == null ? why : failure;
        }

        private boolean failed() {
            return failure != null;
        }

        private void complete() {
            if (failure == null) {
                future.complete(result);
            } else {
                future.completeExceptionally(failure);
            }
        }
    }
}
