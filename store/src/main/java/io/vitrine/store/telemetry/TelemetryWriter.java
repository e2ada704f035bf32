package io.vitrine.store.telemetry;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Sqlite;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes day files, in transactions of what has gathered.
 *
 * <p>Handing it a row never waits and never throws: a full queue drops the row and counts it. A disk that fails costs the rows of one
 * transaction, counted, and the next is tried again.
 */
final class TelemetryWriter implements AutoCloseable {
    private static final int OPEN_FILES = 3;
    private static final int DAYS_BACK = 7;

    /** Something to do between rows, with the files. */
    @FunctionalInterface
    interface Command<T> {
        @Nullable
        T run(TelemetryWriter writer) throws SQLException;
    }

    private sealed interface Item permits Row, Order {}

    private record Row(TelemetryRow row, long sinceMillis) implements Item {}

    private record Order(Runnable run) implements Item {}

    private final TelemetrySettings settings;
    private final TierFiles files;
    private final InstantSource clock;
    private final BlockingQueue<Item> queue;
    private final Map<LocalDate, DayFile> open = new LinkedHashMap<>();
    private final List<TelemetryRow> rows = new ArrayList<>();
    private final Thread thread;
    private final Tally accepted = new Tally();
    private final Tally dropped = new Tally();
    private final Tally written = new Tally();
    private final Tally lost = new Tally();
    private volatile boolean urgent;
    private boolean ended;
    private volatile @Nullable StoreException failure;
    /** Since when the oldest row of the transaction under way had waited; 0 if there is none. */
    private volatile long writingSinceMillis;

    private volatile boolean closed;

    TelemetryWriter(TelemetrySettings settings, TierFiles files, InstantSource clock) {
        this.settings = settings;
        this.files = files;
        this.clock = clock;
        this.queue = new ArrayBlockingQueue<>(settings.queueLimit());
        this.thread = new Thread(this::run, "telemetry-writer");
        thread.setDaemon(true);
        thread.start();
    }

    /** False if it was dropped. */
    boolean offer(TelemetryRow row) {
        boolean taken = !closed && queue.offer(new Row(row, clock.millis()));
        (taken ? accepted : dropped).add(row.signal(), 1);
        return taken;
    }

    /** Runs after all rows handed over before it are written; waits for it. */
    <T> T order(Command<T> command) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Order order = new Order(() -> {
            try {
                future.complete(command.run(this));
            } catch (SQLException e) {
                future.completeExceptionally(Sqlite.failure(settings.hotDirectory(), e));
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        });
        enqueue(order);
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException cause ? cause : e;
        }
    }

    SignalCounts counts(Signal signal) {
        return new SignalCounts(accepted.sum(signal), dropped.sum(signal), written.sum(signal), lost.sum(signal));
    }

    /** Why the latest transaction failed; empty if it did not. */
    Optional<StoreException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Rows that wait. */
    int waiting() {
        return queue.size();
    }

    /** How long the oldest row that is not written has waited. */
    Duration lag() {
        long since = writingSinceMillis;
        if (since == 0 && queue.peek() instanceof Row row) {
            since = row.sinceMillis();
        }
        return since == 0 ? Duration.ZERO : Duration.ofMillis(Math.max(0, clock.millis() - since));
    }

    /** A day's file, opened if it is not. Only inside a command. */
    DayFile file(LocalDate day) throws SQLException {
        DayFile file = open.remove(day);
        if (file == null) {
            file = DayFile.open(settings.hotDirectory().resolve(TierFile.liveName(day)));
        }
        open.put(day, file);
        if (open.size() > OPEN_FILES) {
            release(open.keySet().iterator().next());
        }
        return file;
    }

    /** Closes a day's file if it is open. Only inside a command. */
    void release(LocalDate day) throws SQLException {
        DayFile file = open.remove(day);
        if (file != null) {
            file.close();
        }
    }

    /** Writes what is queued, then closes the files. What is handed over from now on is dropped. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            order(writer -> {
                writer.ended = true;
                return true;
            });
            closed = true;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void enqueue(Order order) {
        if (closed) {
            throw new StoreException(Reason.CLOSED, "closed: " + settings.hotDirectory());
        }
        boolean interrupted = false;
        while (true) {
            try {
                queue.put(order);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        urgent = true;
        LockSupport.unpark(thread);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Item> batch = new ArrayList<>();
        try {
            while (!ended) {
                batch.add(queue.take());
                gather();
                queue.drainTo(batch, settings.batchLimit() - 1);
                writingSinceMillis = batch.get(0) instanceof Row row ? row.sinceMillis() : 0;
                batch.forEach(this::take);
                flush();
                batch.clear();
                writingSinceMillis = 0;
            }
            drop();
            for (LocalDate day : List.copyOf(open.keySet())) {
                release(day);
            }
        } catch (InterruptedException | SQLException e) {
            throw new IllegalStateException("the telemetry writer ends", e);
        }
    }

    /** Lets rows gather, so that a trickle of them is not a transaction each. */
    private void gather() {
        if (!urgent && queue.size() < settings.batchLimit() / 2) {
            LockSupport.parkNanos(this, settings.gatherTime().toNanos());
        }
        urgent = false;
    }

    private void take(Item item) {
        if (item instanceof Row row) {
            rows.add(row.row());
        } else if (item instanceof Order order) {
            flush();
            order.run().run();
        }
    }

    private void flush() {
        Map<LocalDate, List<TelemetryRow>> byDay = new LinkedHashMap<>();
        LocalDate today = TimeRange.dayOf(TimeRange.nanos(clock.instant()));
        for (TelemetryRow row : rows) {
            LocalDate day = TimeRange.dayOf(row.atEpochNanos());
            // A wrong time in a row must not make a file for every day of a century.
            if (day.isAfter(today.plusDays(1)) || day.isBefore(today.minusDays(DAYS_BACK))) {
                lost.add(row.signal(), 1);
            } else {
                byDay.computeIfAbsent(day, d -> new ArrayList<>()).add(row);
            }
        }
        rows.clear();
        byDay.forEach(this::write);
    }

    private void write(LocalDate day, List<TelemetryRow> dayRows) {
        Tally outcome = tryWrite(day, dayRows) ? written : lost;
        dayRows.forEach(row -> outcome.add(row.signal(), 1));
    }

    private boolean tryWrite(LocalDate day, List<TelemetryRow> dayRows) {
        try {
            file(day).write(dayRows);
            failure = null;
            return true;
        } catch (SQLException e) {
            discard(day, Sqlite.failure(settings.hotDirectory(), e));
        } catch (StoreException e) {
            discard(day, e);
        } catch (RuntimeException e) {
            // One row that cannot be bound must not end the thread that all the others wait for.
            discard(day, new StoreException(Reason.FAILED, "cannot write rows of " + day, e));
        }
        return false;
    }

    /** After a failure the file is opened anew, and begun anew if it is damaged. */
    private void discard(LocalDate day, StoreException cause) {
        failure = cause;
        try {
            release(day);
            if (cause.reason() == Reason.CORRUPT) {
                files.setAside(settings.hotDirectory().resolve(TierFile.liveName(day)));
            }
        } catch (SQLException | StoreException e) {
            // The rows are counted as lost by the caller; there is no one else to tell, and the next transaction tries
            // again.
            cause.addSuppressed(e);
        }
    }

    private void drop() {
        List<Item> late = new ArrayList<>();
        queue.drainTo(late);
        for (Item item : late) {
            if (item instanceof Row row) {
                lost.add(row.row().signal(), 1);
            } else if (item instanceof Order order) {
                order.run().run();
            }
        }
    }
}
