package io.vitrine.store.telemetry;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;

/**
 * Deletes Parquet files by age and by bytes, whole, oldest first.
 *
 * <p>A file goes once it has been due in every run for the grace time. The count begins anew with the process and with a clock that
 * steps back, so a mistake in a setting or a wrong clock leaves time to be noticed. Day files never go this way: they become Parquet first.
 *
 * <p>Day files and spilled rows hold all signals together, and count all the same: each signal pays for the part of their bytes that its
 * limit is of all limits. So all that the store has on the disk is at most the sum of the limits, as long as there is Parquet to delete.
 */
final class Cleanup {
    private final TelemetrySettings settings;
    private final TierFiles files;
    private final Map<Path, Instant> dueSince = new HashMap<>();
    private final LongAdder deletedFiles = new LongAdder();
    private final LongAdder deletedBytes = new LongAdder();

    Cleanup(TelemetrySettings settings, TierFiles files) {
        this.settings = settings;
        this.files = files;
    }

    long deletedFiles() {
        return deletedFiles.sum();
    }

    long deletedBytes() {
        return deletedBytes.sum();
    }

    List<PlannedDeletion> preview(Instant now) {
        return List.copyOf(due(now).values());
    }

    /** Deletes what has been due for the grace time; {@code grace} may be less than the settings say. */
    synchronized List<PlannedDeletion> run(Instant now, Duration grace) {
        Map<Path, PlannedDeletion> due = due(now);
        dueSince.keySet().retainAll(due.keySet());
        List<PlannedDeletion> deleted = new ArrayList<>();
        files.lock().writeLock().lock();
        try {
            for (Map.Entry<Path, PlannedDeletion> file : due.entrySet()) {
                if (graceIsOver(file.getKey(), now, grace)) {
                    delete(file.getKey());
                    deletedFiles.increment();
                    deletedBytes.add(file.getValue().bytes());
                    deleted.add(file.getValue());
                }
            }
        } finally {
            files.lock().writeLock().unlock();
        }
        return deleted;
    }

    private boolean graceIsOver(Path path, Instant now, Duration grace) {
        Instant since = dueSince.merge(path, now, (known, current) -> current.isBefore(known) ? current : known);
        return Duration.between(since, now).compareTo(grace) >= 0;
    }

    private Map<Path, PlannedDeletion> due(Instant now) {
        Map<Path, PlannedDeletion> due = new LinkedHashMap<>();
        long shared = files.sharedBytes();
        settings.retention()
                .forEach((signal, retention) -> addDue(signal, retention, share(retention, shared), now, due));
        return due;
    }

    /** What one signal pays for of bytes that all signals have together. */
    private long share(Retention retention, long shared) {
        double limits = settings.retention().values().stream()
                .mapToDouble(Retention::maxBytes)
                .sum();
        return limits > 0 ? (long) Math.ceil(shared * (retention.maxBytes() / limits)) : shared;
    }

    private void addDue(Signal signal, Retention retention, long share, Instant now, Map<Path, PlannedDeletion> due) {
        List<TierFile> all = files.parquet(signal);
        long bytes = share
                + all.stream().mapToLong(file -> TierFiles.size(file.path())).sum();
        for (TierFile file : all) {
            long size = TierFiles.size(file.path());
            String reason = null;
            if (age(file.day(), now).compareTo(retention.maxAge()) > 0) {
                reason = "older than " + retention.maxAge().toDays() + " days";
            } else if (bytes > retention.maxBytes()) {
                reason = signal.table() + " hold " + bytes + " bytes with their share of the day files, the limit is "
                        + retention.maxBytes();
            }
            if (reason != null) {
                String name = signal.table() + "/" + file.path().getFileName();
                due.put(file.path(), new PlannedDeletion(signal, file.tier(), file.day(), name, size, reason));
                bytes -= size;
            }
        }
    }

    private static Duration age(LocalDate day, Instant now) {
        return Duration.between(day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant(), now);
    }

    private static void delete(Path path) {
        try {
            DurableFiles.delete(path);
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot delete " + path + ": " + e, e);
        }
    }
}
