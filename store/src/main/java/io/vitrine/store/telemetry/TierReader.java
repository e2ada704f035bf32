package io.vitrine.store.telemetry;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;
import io.vitrine.store.telemetry.Quarantine.Damaged;

/**
 * Asks every file that a question's time touches, whichever tier it is in; one that is proven to be damaged is quarantined and named.
 *
 * <p>All that a question waits for, locks included, is within its time.
 */
final class TierReader implements AutoCloseable {
    private final TierFiles files;
    private final Quarantine quarantine;
    private final SharedDuckDb duckDb;
    private final Duration queryLimit;
    private final ScheduledThreadPoolExecutor limiter;

    TierReader(TierFiles files, Quarantine quarantine, SharedDuckDb duckDb, Duration queryLimit) {
        this.files = files;
        this.quarantine = quarantine;
        this.duckDb = duckDb;
        this.queryLimit = queryLimit;
        this.limiter = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "telemetry-query-limit");
            thread.setDaemon(true);
            return thread;
        });
        limiter.setRemoveOnCancelPolicy(true);
    }

    /** One way of reading a file. */
    @FunctionalInterface
    interface Visit {
        void read(TierFile file) throws SQLException;
    }

    <T> Answer<T> ask(Question<T> question) {
        return withinLimit(deadline -> ask(question, deadline));
    }

    private <T> Answer<T> ask(Question<T> question, Deadline deadline) {
        List<T> rows = new ArrayList<>();
        List<String> setAside = visit(
                question.signal(), question.range(), file -> rows.addAll(askOne(question, file, deadline)), deadline);
        return new Answer<>(question.merge(rows), setAside);
    }

    /** Asks one day after the other, the latest first, until one has something; and then the one before it. All within one limit. */
    <T> Answer<T> askLatest(Signal signal, Comparator<T> order, Function<TimeRange, Question<T>> ofDay) {
        return withinLimit(deadline -> {
            List<T> rows = new ArrayList<>();
            List<String> setAside = new ArrayList<>();
            for (LocalDate day : days(signal)) {
                boolean found = !rows.isEmpty();
                Answer<T> answer = ask(ofDay.apply(TimeRange.day(day)), deadline);
                rows.addAll(answer.rows());
                setAside.addAll(answer.setAside());
                if (found) {
                    break;
                }
            }
            rows.sort(order);
            return new Answer<>(rows, setAside);
        });
    }

    Answer<StageSummary> stages(TimeRange range) {
        Stages stages = new Stages(range);
        return withinLimit(deadline -> {
            List<String> setAside =
                    visit(Signal.SPANS, stages.range(), file -> addTo(stages, file, deadline), deadline);
            return new Answer<>(stages.summaries(), setAside);
        });
    }

    /** Days of which there is a file, the latest first. */
    private List<LocalDate> days(Signal signal) {
        return Stream.concat(files.hot().stream(), files.parquet(signal).stream())
                .map(TierFile::day)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private <T> T withinLimit(Function<Deadline, T> work) {
        Deadline deadline = new Deadline();
        ScheduledFuture<?> end = limiter.schedule(deadline::expire, queryLimit.toNanos(), TimeUnit.NANOSECONDS);
        deadline.endsWith(end);
        try {
            return work.apply(deadline);
        } catch (StoreException e) {
            if (deadline.isExpired()) {
                throw new StoreException(
                        Reason.TOO_SLOW,
                        "the question took longer than " + queryLimit.toMillis() + " ms: ask for a shorter time",
                        e);
            }
            throw e;
        } finally {
            end.cancel(false);
        }
    }

    /** Reads files one after the other, quarantines the damaged ones and names them. */
    List<String> visit(Signal signal, TimeRange range, Visit visit, Deadline deadline) {
        List<Damaged> damaged = new ArrayList<>();
        deadline.acquire(files.lock().readLock(), "files that are being moved");
        try {
            Stream.concat(files.hot().stream(), files.parquet(signal).stream())
                    .filter(file -> range.touches(file.day()))
                    .forEach(file -> readOne(file, visit, damaged, deadline));
        } finally {
            files.lock().readLock().unlock();
        }
        damaged.forEach(file -> quarantine.rename(file, deadline));
        return damaged.stream().map(Damaged::name).toList();
    }

    private void readOne(TierFile file, Visit visit, List<Damaged> damaged, Deadline deadline) {
        try {
            visit.read(file);
        } catch (SQLException e) {
            if (wasEnded(e) || deadline.isExpired()) {
                throw failure(file, e);
            }
            switch (quarantine.check(file, deadline)) {
                case DAMAGED -> damaged.add(quarantine.damaged(file));
                case WHOLE -> readAgain(file, visit, e);
                case UNKNOWN -> throw failure(file, e);
            }
        }
    }

    /** It was the engine that failed, which may be another one by now. */
    private static void readAgain(TierFile file, Visit visit, SQLException before) {
        try {
            visit.read(file);
        } catch (SQLException e) {
            e.addSuppressed(before);
            throw failure(file, e);
        }
    }

    /** DuckDB words it as an interruption, SQLite too, and what had not begun never was anything else. */
    private static boolean wasEnded(SQLException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("interrupt") || message.contains("the time of the question is over");
    }

    private static StoreException failure(TierFile file, SQLException e) {
        return file.tier() == Tier.HOT
                ? Sqlite.failure(file.path(), e)
                : DuckDb.failure("cannot read " + file.path(), e);
    }

    private <T> List<T> askOne(Question<T> question, TierFile file, Deadline deadline) throws SQLException {
        if (file.tier() == Tier.HOT) {
            try (Connection day = Sqlite.openForReading(file.path(), deadline)) {
                return DayFile.isBlank(day)
                        ? List.of()
                        : Sql.list(
                                day,
                                question.sqlite(DayFile.source(day, question.signal())),
                                question.mapper(),
                                deadline,
                                question.sqliteParameters());
            }
        }
        return duckDb.use(
                deadline,
                engine -> Sql.list(
                        engine.connection(),
                        question.duckDb(question.signal().parquet(file.path())),
                        question.mapper(),
                        deadline,
                        question.duckDbParameters()));
    }

    private void addTo(Stages stages, TierFile file, Deadline deadline) throws SQLException {
        if (file.tier() == Tier.HOT) {
            try (Connection day = Sqlite.openForReading(file.path(), deadline)) {
                if (!DayFile.isBlank(day)) {
                    stages.addDayFile(day, deadline);
                }
            }
        } else {
            duckDb.use(deadline, engine -> {
                stages.addParquet(engine.connection(), Signal.SPANS.parquet(file.path()), deadline);
                return true;
            });
        }
    }

    @Override
    public void close() {
        limiter.shutdownNow();
    }
}
