package io.vitrine.store.telemetry;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;

/** Asks every file that a question's time touches, whichever tier it is in; a damaged one is set aside and named. */
final class TierReader {
    private final TierFiles files;
    private final TelemetryWriter writer;
    private final DuckDb duckDb;

    TierReader(TierFiles files, TelemetryWriter writer, DuckDb duckDb) {
        this.files = files;
        this.writer = writer;
        this.duckDb = duckDb;
    }

    /** One way of reading a file. */
    @FunctionalInterface
    interface Visit {
        void read(TierFile file) throws SQLException;
    }

    <T> Answer<T> ask(Question<T> question) {
        List<T> rows = new ArrayList<>();
        List<String> setAside = visit(question.signal(), question.range(), file -> rows.addAll(askOne(question, file)));
        return new Answer<>(question.merge(rows), setAside);
    }

    /** Reads files one after the other, and names the damaged ones. */
    List<String> visit(Signal signal, TimeRange range, Visit visit) {
        List<String> setAside = new ArrayList<>();
        files.lock().readLock().lock();
        try {
            Stream.concat(files.hot().stream(), files.parquet(signal).stream())
                    .filter(file -> range.touches(file.day()))
                    .forEach(file -> readOne(file, visit, setAside));
        } finally {
            files.lock().readLock().unlock();
        }
        return setAside;
    }

    /** Sets a damaged file aside, out of the writer's hands if it has it open. */
    void setAside(TierFile file) {
        if (file.isLive()) {
            writer.order(w -> {
                w.release(file.day());
                files.setAside(file.path());
                return true;
            });
        } else {
            files.setAside(file.path());
        }
    }

    private void readOne(TierFile file, Visit visit, List<String> setAside) {
        try {
            visit.read(file);
        } catch (SQLException e) {
            if (!isDamaged(file, e)) {
                throw failure(file, e);
            }
            setAside(file);
            setAside.add(file.path().getFileName().toString());
        }
    }

    static boolean isDamaged(TierFile file, SQLException e) {
        return file.tier() == Tier.HOT
                ? Sqlite.failure(file.path(), e).reason() == Reason.CORRUPT
                : DuckDb.blamesTheFile(e);
    }

    private static StoreException failure(TierFile file, SQLException e) {
        return file.tier() == Tier.HOT
                ? Sqlite.failure(file.path(), e)
                : DuckDb.failure("cannot read " + file.path(), e);
    }

    private <T> List<T> askOne(Question<T> question, TierFile file) throws SQLException {
        if (file.tier() == Tier.HOT) {
            try (Connection connection = Sqlite.openForReading(file.path())) {
                return Sql.list(connection, question.sqlite(), question.mapper(), question.sqliteParameters());
            }
        }
        synchronized (duckDb) {
            String source = "read_parquet(" + DuckDb.quoted(file.path()) + ")";
            return Sql.list(
                    duckDb.connection(), question.duckDb(source), question.mapper(), question.duckDbParameters());
        }
    }
}
