package io.vitrine.store.telemetry;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;
import io.vitrine.store.telemetry.DeletionReceipt.Deletion;

/**
 * Takes one tenant's rows out of every tier: deleted from day files, Parquet files written anew without them.
 *
 * <p>First the deletion is recorded, so that no process writes afterwards what it holds in a queue. Then the tenant's request ids go from
 * rows that belong to no tenant, while its own rows, which say what those ids are, are still there; a deletion that is cut off can
 * so be repeated. Its own rows go last. Questions are answered meanwhile.
 */
final class TenantDeletion {
    private static final Set<Signal> NAME_REQUESTS = Set.of(Signal.SPANS, Signal.LOGS);
    private static final Set<Signal> HAVE_IDS_OF_OTHERS = Set.of(Signal.STEPS, Signal.LOGS);

    private final TelemetrySettings settings;
    private final TierFiles files;
    private final TelemetryWriter writer;
    private final Quarantine quarantine;
    private final InstantSource clock;
    private final LongAdder deletedRows = new LongAdder();

    TenantDeletion(
            TelemetrySettings settings,
            TierFiles files,
            TelemetryWriter writer,
            Quarantine quarantine,
            InstantSource clock) {
        this.settings = settings;
        this.files = files;
        this.writer = writer;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    long deletedRows() {
        return deletedRows.sum() + writer.erasedRows();
    }

    DeletionReceipt run(String tenantId, RequestIds known) {
        new Erasures(settings.hotDirectory()).record(tenantId, TimeRange.nanos(clock.instant()));
        // What was recorded before this call is written first, and so is found.
        writer.order(w -> true);
        files.sweep();
        // An engine of its own: queries must not wait for files to be written anew.
        try (DuckDb duckDb = DuckDb.open(settings.memoryMegabytes(), settings.threads(), settings.spillDirectory())) {
            Run run = new Run(tenantId, known, duckDb);
            run.clearRequestIds();
            run.deleteRows();
            run.nameDamaged();
            deletedRows.add(run.receipt().rows());
            return run.receipt();
        }
    }

    /** One deletion. */
    private final class Run {
        private final String tenantId;
        private final RequestIds known;
        private final DuckDb duckDb;
        private final ParquetErasure parquet;
        private final List<Deletion> deletions = new ArrayList<>();
        private final List<Deletion> cleared = new ArrayList<>();
        private final List<String> setAside = new ArrayList<>();

        Run(String tenantId, RequestIds known, DuckDb duckDb) {
            this.tenantId = tenantId;
            this.known = known;
            this.duckDb = duckDb;
            this.parquet = new ParquetErasure(duckDb);
        }

        DeletionReceipt receipt() {
            return new DeletionReceipt(tenantId, deletions, cleared, setAside);
        }

        void clearRequestIds() {
            for (LocalDate day : days()) {
                Set<String> ids = idsAround(day);
                Predicate<String> erased = ids::contains;
                if (!ids.isEmpty()) {
                    hot(day).forEach(file -> guarded(file, () -> note(cleared, file, clear(file, erased))));
                    for (Signal signal : HAVE_IDS_OF_OTHERS) {
                        parquet(signal, day)
                                .forEach(file -> guarded(
                                        file,
                                        () -> note(
                                                cleared, signal, file, parquet.clearRequestIds(signal, file, erased))));
                    }
                }
            }
        }

        void deleteRows() {
            for (TierFile file : files.hot()) {
                guarded(file, () -> note(deletions, file, inDayFile(file, day -> day.deleteTenant(tenantId))));
            }
            for (Signal signal : Signal.values()) {
                if (signal.hasTenants()) {
                    files.everyParquet(signal)
                            .forEach(file -> guarded(
                                    file,
                                    () -> note(deletions, signal, file, parquet.deleteTenant(signal, file, tenantId))));
                }
            }
        }

        private Map<Signal, Long> clear(TierFile file, Predicate<String> erased) throws SQLException {
            return inDayFile(file, day -> day.clearRequestIds(erased));
        }

        /** Steps of a day can have requests that ended on the next, and whose ledger entry is of the day before. */
        private Set<String> idsAround(LocalDate day) {
            Set<String> ids = new HashSet<>();
            for (LocalDate near = day.minusDays(1); !near.isAfter(day.plusDays(1)); near = near.plusDays(1)) {
                ids.addAll(known.in(TimeRange.day(near)));
                for (TierFile file : hot(near)) {
                    guarded(file, () -> ids.addAll(idsInDayFile(file)));
                }
                for (Signal signal : NAME_REQUESTS) {
                    parquet(signal, near).forEach(file -> guarded(file, () -> ids.addAll(idsInParquet(signal, file))));
                }
            }
            return ids;
        }

        private Set<String> idsInDayFile(TierFile file) throws SQLException {
            Set<String> ids = new HashSet<>();
            try (Connection day = Sqlite.openForReading(file.path())) {
                if (!DayFile.isBlank(day)) {
                    for (Signal signal : NAME_REQUESTS) {
                        ids.addAll(ids(day, DayFile.source(day, signal)));
                    }
                }
            }
            return ids;
        }

        private Set<String> idsInParquet(Signal signal, TierFile file) throws SQLException {
            return ids(duckDb.connection(), signal.parquet(file.path()));
        }

        private Set<String> ids(Connection connection, String source) throws SQLException {
            return Set.copyOf(Sql.list(
                    connection,
                    "SELECT DISTINCT request_id FROM " + source + " WHERE tenant_id = ? AND request_id IS NOT NULL",
                    row -> row.getString(1),
                    tenantId));
        }

        private void guarded(TierFile file, Part part) {
            try {
                part.run();
            } catch (SQLException e) {
                judge(file, failure(file, e));
            } catch (StoreException e) {
                judge(file, e);
            } catch (IOException e) {
                throw new StoreException(Reason.FAILED, "cannot write " + file.path() + " anew: " + e, e);
            }
        }

        private void judge(TierFile file, StoreException failure) {
            if (!quarantine.take(file)) {
                throw failure;
            }
        }

        /** Those of earlier days too: nothing can be taken out of them. */
        void nameDamaged() {
            setAside.addAll(files.quarantined());
        }
    }

    /** Part of a deletion; what it throws is about one file. */
    @FunctionalInterface
    private interface Part {
        void run() throws SQLException, IOException;
    }

    @FunctionalInterface
    private interface DayFileWork {
        Map<Signal, Long> in(DayFile day) throws SQLException;
    }

    private Map<Signal, Long> inDayFile(TierFile file, DayFileWork work) throws SQLException {
        if (file.isLive()) {
            return writer.order(w -> work.in(w.file(file.day())));
        }
        try (DayFile sealed = DayFile.open(file.path())) {
            return work.in(sealed);
        }
    }

    private List<LocalDate> days() {
        Stream<TierFile> withIds = HAVE_IDS_OF_OTHERS.stream().flatMap(signal -> files.everyParquet(signal).stream());
        return Stream.concat(files.hot().stream(), withIds)
                .map(TierFile::day)
                .distinct()
                .sorted()
                .toList();
    }

    private List<TierFile> hot(LocalDate day) {
        return files.hot().stream().filter(file -> file.day().equals(day)).toList();
    }

    private List<TierFile> parquet(Signal signal, LocalDate day) {
        return files.everyParquet(signal).stream()
                .filter(file -> file.day().equals(day))
                .toList();
    }

    private static StoreException failure(TierFile file, SQLException e) {
        return file.tier() == Tier.HOT
                ? Sqlite.failure(file.path(), e)
                : DuckDb.failure("cannot rewrite " + file.path(), e);
    }

    private static void note(List<Deletion> to, TierFile file, Map<Signal, Long> rows) {
        rows.forEach((signal, count) -> note(to, signal, file, count));
    }

    private static void note(List<Deletion> to, Signal signal, TierFile file, long rows) {
        if (rows > 0) {
            to.add(new Deletion(signal, file.path().getFileName().toString(), rows));
        }
    }
}
