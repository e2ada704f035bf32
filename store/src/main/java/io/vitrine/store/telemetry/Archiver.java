package io.vitrine.store.telemetry;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;
import io.vitrine.store.sql.DuckDb;
import io.vitrine.store.sql.Sqlite;

/**
 * Ages files: finished days become Parquet, old Parquet moves to the cold directory.
 *
 * <p>Every move is copy, rename, delete, in this order, and {@link TierFiles} knows which of two copies counts in between; a run that
 * was cut off is made good by the next.
 */
final class Archiver {
    private final TelemetrySettings settings;
    private final TierFiles files;
    private final TelemetryWriter writer;
    private final Quarantine quarantine;

    Archiver(TelemetrySettings settings, TierFiles files, TelemetryWriter writer, Quarantine quarantine) {
        this.settings = settings;
        this.files = files;
        this.writer = writer;
        this.quarantine = quarantine;
    }

    Maintenance run(LocalDate today) {
        Run run = new Run();
        files.sweep();
        LocalDate youngest = today.minusDays(settings.warmAfter().toDays());
        for (TierFile file : files.hot()) {
            if (file.isLive() && file.day().isBefore(youngest)) {
                guarded(file, run, () -> seal(file));
            }
        }
        for (TierFile file : files.hot()) {
            if (!file.isLive()) {
                guarded(file, run, () -> toParquet(file, run.madeWarm));
            }
        }
        LocalDate oldest = today.minusDays(settings.coldAfter().toDays());
        for (Signal signal : Signal.values()) {
            for (TierFile file : files.warm(signal)) {
                if (file.day().isBefore(oldest)) {
                    guarded(file, run, () -> toCold(signal, file, run.movedCold));
                }
            }
        }
        return new Maintenance(run.madeWarm, run.movedCold, run.setAside, run.newer, run.postponed);
    }

    /** What has been done so far. */
    private static final class Run {
        private final List<String> madeWarm = new ArrayList<>();
        private final List<String> movedCold = new ArrayList<>();
        private final List<String> setAside = new ArrayList<>();
        private final List<String> newer = new ArrayList<>();
        private final List<String> postponed = new ArrayList<>();
    }

    /** Part of a run; what it throws is about one file. */
    @FunctionalInterface
    private interface Part {
        void run() throws SQLException, IOException;
    }

    private void guarded(TierFile file, Run run, Part part) {
        try {
            part.run();
        } catch (StoreException e) {
            judge(file, run, e);
        } catch (SQLException e) {
            judge(file, run, Sqlite.failure(file.path(), e));
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot move " + file.path() + ": " + e, e);
        }
    }

    /** What is wrong with one file must not keep the others from ageing; what is wrong with the disk ends the run. */
    private void judge(TierFile file, Run run, StoreException failure) {
        String name = file.path().getFileName().toString();
        if (failure.reason() == Reason.CORRUPT) {
            (quarantine.take(file) ? run.setAside : run.postponed).add(name);
        } else if (failure.reason() == Reason.NEWER_VERSION) {
            run.newer.add(name);
        } else if (failure.reason() == Reason.IN_USE) {
            run.postponed.add(name);
        } else {
            throw failure;
        }
    }

    /**
     * Takes a day's file from the writer; rows of that day that still come begin another. A reader in another process that keeps a part in
     * the write-ahead log postpones it: a log left behind would be rows lost.
     */
    private void seal(TierFile live) {
        exclusively(() -> writer.order(w -> {
            w.file(live.day()).checkpoint();
            w.release(live.day());
            requireNoLog(live.path());
            rename(
                    live.path(),
                    live.path().resolveSibling(TierFile.sealedName(live.day(), files.nextPart(live.day()))));
            return true;
        }));
    }

    private static void requireNoLog(Path day) {
        if (TierFiles.size(day.resolveSibling(day.getFileName() + "-wal")) > 0) {
            throw new StoreException(Reason.IN_USE, "rows are still in the write-ahead log of " + day);
        }
    }

    private void toParquet(TierFile sealed, List<String> made) throws SQLException, IOException {
        List<String> names = new ArrayList<>();
        // An engine of its own: turning a day into Parquet takes long, and queries must not wait for it.
        try (DuckDb duckDb = DuckDb.open(settings.memoryMegabytes(), settings.threads(), settings.spillDirectory());
                Connection day = Sqlite.openForReading(sealed.path())) {
            for (Signal signal : Signal.values()) {
                Path parquet = files.warmPath(signal, sealed);
                if (write(duckDb, day, signal, parquet) > 0) {
                    names.add(signal.table() + "/" + parquet.getFileName());
                }
            }
        }
        exclusively(() -> delete(sealed.path()));
        made.addAll(names);
    }

    private static long write(DuckDb duckDb, Connection day, Signal signal, Path parquet)
            throws SQLException, IOException {
        duckDb.createTable(signal.table(), signal.columns());
        try (PreparedStatement all = day.prepareStatement(signal.selectInOrder(DayFile.source(day, signal)))) {
            long rows = duckDb.append(signal.table(), signal.columns(), all);
            if (rows > 0) {
                duckDb.copy("SELECT * FROM " + signal.table(), parquet, ExportFormat.PARQUET);
            } else {
                // A run that was cut off may have left one, of rows that are deleted since.
                DurableFiles.delete(parquet);
            }
            return rows;
        } finally {
            duckDb.dropTable(signal.table());
        }
    }

    private void toCold(Signal signal, TierFile warm, List<String> moved) throws IOException {
        Path cold = files.coldPath(signal, warm);
        DurableFiles.copy(warm.path(), cold);
        exclusively(() -> delete(warm.path()));
        moved.add(signal.table() + "/" + cold.getFileName());
    }

    private void exclusively(Runnable change) {
        files.lock().writeLock().lock();
        try {
            change.run();
        } finally {
            files.lock().writeLock().unlock();
        }
    }

    private static void rename(Path from, Path to) {
        try {
            DurableFiles.rename(from, to);
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot rename " + from + ": " + e, e);
        }
    }

    private static void delete(Path path) {
        try {
            DurableFiles.delete(Stream.of("-wal", "-shm", "")
                    .map(suffix -> path.resolveSibling(path.getFileName() + suffix))
                    .toList());
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot delete " + path + ": " + e, e);
        }
    }
}
