package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.Sqlite;
import io.vitrine.store.sql.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes day files, in transactions of what has gathered.
 *
 * <p>Handing it a row never waits and never throws: a full queue drops the row and counts it. A disk that fails, or an {@link Error}, costs
 * the rows of one transaction, counted, and the next is tried again: the thread goes on, and no caller waits for one that has ended.
 */
final class TelemetryWriter implements AutoCloseable {
    private static final int OPEN_FILES = 3;
    private static final int DAYS_BACK = 7;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /** Something to do between rows, with the files. */
    @FunctionalInterface
    interface Command<T> {
        @Nullable
        T run(TelemetryWriter writer) throws SQLException;
    }

    private sealed interface Item permits Row, Order {}

    private record Row(PendingRow pending, long sinceMillis) implements Item {}

    private record Order(CompletableFuture<?> future, Runnable run) implements Item {}

    private final TelemetrySettings settings;
    private final TierFiles files;
    private final Erasures erasures;
    private final InstantSource clock;
    private final BlockingQueue<Item> queue;
    private final Map<LocalDate, DayFile> open = new LinkedHashMap<>();
    private final List<PendingRow> rows = new ArrayList<>();
    private final Thread thread;
    private final Tally accepted = new Tally();
    private final Tally dropped = new Tally();
    private final Tally written = new Tally();
    private final Tally lost = new Tally();
    private final LongAdder erased = new LongAdder();
    private volatile boolean urgent;
    private boolean ended;
    private volatile @Nullable StoreException failure;
    /** Since when the oldest row of the transaction under way had waited; 0 if there is none. */
    private volatile long writingSinceMillis;

    /** Held by one that puts an order, so that none is put behind the last one. */
    private final ReentrantLock ordering = new ReentrantLock();

    private volatile boolean closed;

    TelemetryWriter(TelemetrySettings settings, TierFiles files, InstantSource clock) {
        this.settings = settings;
        this.files = files;
        this.clock = clock;
        this.erasures = new Erasures(settings.hotDirectory());
        this.queue = new ArrayBlockingQueue<>(settings.queueLimit());
        this.thread = new Thread(this::run, "telemetry-writer");
        thread.setDaemon(true);
        thread.start();
    }

    /** False if it was dropped. */
    boolean offer(PendingRow pending) {
        boolean taken = !closed && queue.offer(new Row(pending, clock.millis()));
        (taken ? accepted : dropped).add(pending.row().signal(), 1);
        return taken;
    }

    /** Runs after all rows handed over before it are written; waits for it. */
    <T> T order(Command<T> command) {
        return order(command, new Deadline());
    }

    /**
     * The same, waiting no longer than the deadline; the command may still run afterwards.
     *
     * @throws StoreException if the command fails, the writer is closed, or the time is over
     */
    <T> T order(Command<T> command, Deadline deadline) {
        CompletableFuture<T> future = new CompletableFuture<>();
        enqueue(new Order(future, () -> complete(future, command)), deadline);
        try {
            return future.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            throw new StoreException(Reason.TOO_SLOW, "the telemetry writer is busy", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Reason.FAILED, "interrupted while the telemetry writer worked", e);
        }
    }

    private <T> void complete(CompletableFuture<T> future, Command<T> command) {
        try {
            future.complete(command.run(this));
        } catch (Throwable e) { // its caller waits, whatever it is
            future.completeExceptionally(e);
        }
    }

    private StoreException failure(@Nullable Throwable cause) {
        if (cause instanceof StoreException known) {
            return known;
        }
        return cause instanceof SQLException sql
                ? Sqlite.failure(settings.hotDirectory(), sql)
                : new StoreException(Reason.FAILED, "the telemetry writer failed: " + cause, cause);
    }

    SignalCounts counts(Signal signal) {
        return new SignalCounts(accepted.sum(signal), dropped.sum(signal), written.sum(signal), lost.sum(signal));
    }

    /** Rows that were not written because their tenant had been deleted meanwhile. */
    long erasedRows() {
        return erased.sum();
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

    /**
     * Writes what is queued, then closes the files. What is handed over from now on is dropped, and so is what a disk that hangs keeps from
     * being written in time.
     */
    @Override
    public void close() {
        ordering.lock();
        try {
            if (closed) {
                return;
            }
            enqueue(new Order(new CompletableFuture<>(), () -> ended = true), Deadline.ofOneWait(CLOSE_LIMIT));
        } catch (StoreException e) {
            // The disk hangs; the thread is left to it.
            failure = e;
        } finally {
            closed = true;
            ordering.unlock();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join(CLOSE_LIMIT.toMillis());
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void enqueue(Order order, Deadline deadline) {
        deadline.acquire(ordering, "other callers of the telemetry writer");
        try {
            if (closed) {
                throw new StoreException(Reason.CLOSED, "closed: " + settings.hotDirectory());
            }
            if (!queue.offer(order, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreException(Reason.TOO_SLOW, "the telemetry writer's queue is full");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Reason.FAILED, "interrupted while the telemetry writer's queue was full", e);
        } finally {
            ordering.unlock();
        }
        urgent = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            writeUntilEnded();
        } finally {
            closed = true;
            drop();
        }
        for (LocalDate day : List.copyOf(open.keySet())) {
            releaseQuietly(day);
        }
    }

    private void writeUntilEnded() {
        List<Item> batch = new ArrayList<>();
        while (!ended) {
            try {
                batch.add(queue.take());
                gather();
                queue.drainTo(batch, settings.batchLimit() - 1);
                writingSinceMillis = batch.get(0) instanceof Row row ? row.sinceMillis() : 0;
                batch.forEach(this::take);
                flush();
            } catch (Throwable e) { // an Error too: it must not end the thread that all the others wait for
                abandon(batch, e);
            }
            batch.clear();
            writingSinceMillis = 0;
        }
    }

    /** What is left of a batch is lost; orders in it fail, unless they have run. */
    private void abandon(List<Item> batch, Throwable cause) {
        StoreException why = failure(cause);
        failure = why;
        rows.forEach(this::lose);
        rows.clear();
        for (Item item : batch) {
            if (item instanceof Order order) {
                order.future().completeExceptionally(why);
            }
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
            rows.add(row.pending());
        } else if (item instanceof Order order) {
            flush();
            order.run().run();
        }
    }

    private void flush() {
        Map<LocalDate, List<PendingRow>> byDay = new LinkedHashMap<>();
        LocalDate today = TimeRange.dayOf(TimeRange.nanos(clock.instant()));
        for (PendingRow pending : rows) {
            LocalDate day = TimeRange.dayOf(pending.row().atEpochNanos());
            // A wrong time in a row must not make a file for every day of a century.
            if (day.isAfter(today.plusDays(1)) || day.isBefore(today.minusDays(DAYS_BACK))) {
                lose(pending);
            } else {
                byDay.computeIfAbsent(day, d -> new ArrayList<>()).add(pending);
            }
        }
        rows.clear();
        byDay.forEach(this::write);
    }

    private void lose(PendingRow pending) {
        lost.add(pending.row().signal(), 1);
    }

    private void write(LocalDate day, List<PendingRow> dayRows) {
        Optional<List<PendingRow>> deleted = tryWrite(day, dayRows);
        if (deleted.isEmpty()) {
            dayRows.forEach(this::lose);
            return;
        }
        Set<PendingRow> notWritten = Collections.newSetFromMap(new IdentityHashMap<>());
        notWritten.addAll(deleted.get());
        dayRows.stream()
                .filter(pending -> !notWritten.contains(pending))
                .forEach(pending -> written.add(pending.row().signal(), 1));
        erased.add(notWritten.size());
    }

    /** Rows that must not be written any more; empty if none were, since it failed. */
    private Optional<List<PendingRow>> tryWrite(LocalDate day, List<PendingRow> dayRows) {
        try {
            List<PendingRow> deleted = file(day).write(dayRows, erasures);
            failure = null;
            return Optional.of(deleted);
        } catch (SQLException e) {
            discard(day, Sqlite.failure(settings.hotDirectory(), e));
        } catch (StoreException e) {
            discard(day, e);
        } catch (Throwable e) {
            // One row that cannot be bound must not end the thread that all the others wait for.
            discard(day, new StoreException(Reason.FAILED, "cannot write rows of " + day, e));
        }
        return Optional.empty();
    }

    /** After a failure the file is opened anew, and begun anew if it is damaged. */
    private void discard(LocalDate day, StoreException cause) {
        failure = cause;
        try {
            release(day);
            Path path = settings.hotDirectory().resolve(TierFile.liveName(day));
            if (cause.reason() == Reason.CORRUPT && Sqlite.check(path, new Deadline()) == Verdict.DAMAGED) {
                files.setAside(path);
            }
        } catch (SQLException | RuntimeException e) {
            // The rows are counted as lost by the caller, and the next transaction tries again.
            cause.addSuppressed(e);
        }
    }

    private void releaseQuietly(LocalDate day) {
        try {
            release(day);
        } catch (SQLException e) {
            // All rows are written; what is left in the log the next one to open the file finds.
            failure = Sqlite.failure(settings.hotDirectory(), e);
        }
    }

    /** What came in between the end and the close. */
    private void drop() {
        List<Item> late = new ArrayList<>();
        queue.drainTo(late);
        for (Item item : late) {
            if (item instanceof Row row) {
                lose(row.pending());
            } else if (item instanceof Order order) {
                order.run().run();
            }
        }
    }
}
