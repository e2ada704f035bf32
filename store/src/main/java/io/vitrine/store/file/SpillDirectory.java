package io.vitrine.store.file;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of one running engine for what its memory has no room for, deleted with it.
 *
 * <p>Each engine has its own: two that share one, a server's and a command's beside it, would write to the same file names. A lock file
 * says that its engine lives; the system drops the lock when the process dies, and {@link #sweep} deletes the directory then.
 */
public final class SpillDirectory implements AutoCloseable {
    private static final String PREFIX = "engine-";
    private static final String OWN_PREFIX = PREFIX + ownProcess() + "-";
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lock;

    private SpillDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes one below {@code parent}. */
    public static SpillDirectory in(Path parent) throws IOException {
        DurableFiles.makeDirectory(parent);
        Path path = Files.createTempDirectory(parent, OWN_PREFIX);
        FileChannel lock = FileChannel.open(
                path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        lock.lock();
        return new SpillDirectory(path, lock);
    }

    public Path path() {
        return path;
    }

    /** What all engines have spilled below {@code parent}; files may come and go meanwhile. */
    public static long bytes(Path parent) {
        try (Stream<Path> all = Files.walk(parent)) {
            return all.map(Path::toFile)
                    .filter(File::isFile)
                    .mapToLong(File::length)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** Deletes the directories below {@code parent} whose engine has died; how many there were. */
    public static int sweep(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return 0;
        }
        List<Path> engines;
        try (Stream<Path> paths = Files.list(parent)) {
            // Not even looked at: closing a second channel of its lock file would drop the lock of this process.
            engines = paths.filter(path -> path.getFileName().toString().startsWith(PREFIX))
                    .filter(path -> !path.getFileName().toString().startsWith(OWN_PREFIX))
                    .filter(SpillDirectory::isAbandoned)
                    .toList();
        }
        for (Path engine : engines) {
            DurableFiles.deleteTree(engine);
        }
        return engines.size();
    }

    /** One that is only just being made has no lock file yet, and is left alone. */
    private static boolean isAbandoned(Path engine) {
        Path file = engine.resolve(LOCK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException | IOException e) {
            return false;
        }
    }

    /** The time of the start as well: in a container every process has the same number. */
    private static String ownProcess() {
        ProcessHandle process = ProcessHandle.current();
        return process.pid() + "-"
                + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    @Override
    public void close() throws IOException {
        // The lock goes last: a sweep beside this one finds it held or finds nothing.
        try (lock) {
            DurableFiles.deleteTree(path);
        }
    }
}
