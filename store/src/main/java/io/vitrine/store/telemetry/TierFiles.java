package io.vitrine.store.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;
import io.vitrine.store.file.SpillDirectory;

/**
 * Which files there are.
 *
 * <p>The directories themselves are the list; nothing else has to agree with them after a crash. Two rules make every half-done move
 * harmless: a Parquet file counts for nothing while the day file of the same day and part still lies there, and a cold one while its
 * warm one does. So a crash leaves a copy that is not looked at, and the next run makes it again.
 *
 * <p>{@link #lock} is held for reading while files are read, and for writing while one changes its name or goes.
 */
final class TierFiles {
    private static final Comparator<TierFile> OLDEST_FIRST =
            Comparator.comparing(TierFile::day).thenComparing(TierFile::part).thenComparing(TierFile::path);

    private static final String CORRUPT = ".corrupt";

    private final TelemetrySettings settings;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final LongAdder setAside = new LongAdder();

    TierFiles(TelemetrySettings settings) {
        this.settings = settings;
    }

    ReadWriteLock lock() {
        return lock;
    }

    /** Day files, live and finished, oldest first. */
    List<TierFile> hot() {
        return list(Tier.HOT, settings.hotDirectory());
    }

    /** Parquet files of one signal that count, oldest first. */
    List<TierFile> parquet(Signal signal) {
        record Key(LocalDate day, int part) {}
        List<Key> unfinished =
                hot().stream().map(file -> new Key(file.day(), file.part())).toList();
        Map<String, TierFile> files = new TreeMap<>();
        for (TierFile file : everyParquet(signal)) {
            if (!unfinished.contains(new Key(file.day(), file.part()))) {
                files.putIfAbsent(file.path().getFileName().toString(), file);
            }
        }
        return sorted(files.values());
    }

    List<TierFile> warm(Signal signal) {
        return list(Tier.WARM, settings.warmDirectory().resolve(signal.table()));
    }

    /** A number that no file of that day has had, as far as files tell. */
    int nextPart(LocalDate day) {
        Stream<TierFile> parquet = Stream.of(Signal.values()).flatMap(signal -> everyParquet(signal).stream());
        return Stream.concat(hot().stream(), parquet)
                        .filter(file -> file.day().equals(day))
                        .mapToInt(TierFile::part)
                        .max()
                        .orElse(TierFile.LIVE)
                + 1;
    }

    Path warmPath(Signal signal, TierFile file) {
        return settings.warmDirectory().resolve(signal.table()).resolve(TierFile.parquetName(file.day(), file.part()));
    }

    Path coldPath(Signal signal, TierFile file) {
        return settings.coldDirectory().resolve(signal.table()).resolve(TierFile.parquetName(file.day(), file.part()));
    }

    /** Renames a damaged file out of the way, with what belongs to it. */
    void setAside(Path path) {
        try {
            for (String suffix : List.of("", "-wal", "-shm")) {
                Path part = path.resolveSibling(path.getFileName() + suffix);
                if (Files.exists(part)) {
                    DurableFiles.rename(part, path.resolveSibling(path.getFileName() + CORRUPT + suffix));
                }
            }
            setAside.increment();
        } catch (NoSuchFileException e) {
            // Another process found the same damage and was faster.
            return;
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot set a damaged file aside: " + e, e);
        }
    }

    /** Names of damaged files that were renamed, now or in an earlier life. */
    List<String> quarantined() {
        List<Path> directories = new ArrayList<>(List.of(settings.hotDirectory()));
        for (Signal signal : Signal.values()) {
            directories.add(settings.warmDirectory().resolve(signal.table()));
            directories.add(settings.coldDirectory().resolve(signal.table()));
        }
        List<String> names = new ArrayList<>();
        for (Path directory : directories) {
            names.addAll(names(directory, CORRUPT));
        }
        return names;
    }

    private static List<String> names(Path directory, String ending) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot list " + directory + ": " + e, e);
        }
    }

    /** Deletes what a crash left half-written, and spilled rows of engines that died. Only while no other process moves files. */
    int sweep() {
        try {
            int swept = SpillDirectory.sweep(settings.spillDirectory());
            for (Signal signal : Signal.values()) {
                swept += DurableFiles.sweep(settings.warmDirectory().resolve(signal.table()));
                swept += DurableFiles.sweep(settings.coldDirectory().resolve(signal.table()));
            }
            return swept;
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot delete unfinished files: " + e, e);
        }
    }

    /** Every file that counts: day files, then Parquet by signal. */
    List<StoredFile> all() {
        List<StoredFile> all = new ArrayList<>();
        hot().forEach(file -> all.add(stored(file, Optional.empty())));
        for (Signal signal : Signal.values()) {
            parquet(signal).forEach(file -> all.add(stored(file, Optional.of(signal))));
        }
        return all;
    }

    private static StoredFile stored(TierFile file, Optional<Signal> signal) {
        String name = file.path().getFileName().toString();
        long bytes = size(file.path());
        if (file.tier() == Tier.HOT) {
            bytes += size(file.path().resolveSibling(name + "-wal"))
                    + size(file.path().resolveSibling(name + "-shm"));
        }
        String shown = signal.map(known -> known.table() + "/" + name).orElse(name);
        return new StoredFile(file.tier(), signal, file.day(), shown, bytes);
    }

    /** Bytes that belong to all signals together: day files with their logs, and rows that engines have spilled. */
    long sharedBytes() {
        long hot = hot().stream()
                .mapToLong(file -> stored(file, Optional.empty()).bytes())
                .sum();
        return hot + SpillDirectory.bytes(settings.spillDirectory());
    }

    /** 0 for a file that is not there, or not any more. */
    static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            return 0;
        }
    }

    long setAsideCount() {
        return setAside.sum();
    }

    /** Also copies that do not count, which a run that was cut off has left. */
    List<TierFile> everyParquet(Signal signal) {
        List<TierFile> files = new ArrayList<>(warm(signal));
        files.addAll(list(Tier.COLD, settings.coldDirectory().resolve(signal.table())));
        return files;
    }

    private static List<TierFile> list(Tier tier, Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(directory)) {
            return sorted(paths.map(path -> TierFile.parse(tier, path))
                    .flatMap(Optional::stream)
                    .toList());
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot list " + directory + ": " + e, e);
        }
    }

    private static List<TierFile> sorted(Collection<TierFile> files) {
        return files.stream().sorted(OLDEST_FIRST).toList();
    }
}
