package io.vitrine.store.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.ParquetCheck;
import io.vitrine.store.sql.Sqlite;
import io.vitrine.store.sql.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Renames files to {@code ….corrupt} that are proven to be damaged, and no others.
 *
 * <p>An error that a question met is only a suspicion; the proof is {@link #check}, made from the file alone.
 */
final class Quarantine {
    private final TelemetrySettings settings;
    private final TierFiles files;
    private final TelemetryWriter writer;

    Quarantine(TelemetrySettings settings, TierFiles files, TelemetryWriter writer) {
        this.settings = settings;
        this.files = files;
        this.writer = writer;
    }

    /** A file that was found damaged; {@code key} is what the file system knows it by, so that no other of that name is meant. */
    record Damaged(TierFile file, @Nullable Object key) {

        String name() {
            return file.path().getFileName().toString();
        }
    }

    /** Reads the file, until the deadline; after that nothing is proven. */
    Verdict check(TierFile file, Deadline deadline) {
        return file.tier() == Tier.HOT
                ? Sqlite.check(file.path(), deadline)
                : ParquetCheck.of(file.path(), settings.memoryMegabytes(), settings.spillDirectory(), deadline);
    }

    /** Names a file as it is now, to be renamed later. */
    Damaged damaged(TierFile file) {
        return new Damaged(file, key(file.path()));
    }

    /** Renames a file if the check proves that it is damaged; whether it has. Waits for questions that read files. */
    boolean take(TierFile file) {
        Deadline unlimited = new Deadline();
        if (check(file, unlimited) != Verdict.DAMAGED) {
            return false;
        }
        rename(damaged(file), unlimited);
        return true;
    }

    /** Renames a damaged file, after taking it from the writer if it has it open; not if that cannot be done before the deadline. */
    void rename(Damaged damaged, Deadline deadline) {
        deadline.acquire(files.lock().writeLock(), "files that are being read");
        try {
            if (Objects.equals(damaged.key(), key(damaged.file().path()))) {
                rename(damaged.file(), deadline);
            }
        } finally {
            files.lock().writeLock().unlock();
        }
    }

    private void rename(TierFile file, Deadline deadline) {
        if (file.isLive()) {
            writer.order(
                    w -> {
                        w.release(file.day());
                        files.setAside(file.path());
                        return true;
                    },
                    deadline);
        } else {
            files.setAside(file.path());
        }
    }

    private static @Nullable Object key(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }
}
