package io.vitrine.store.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Changes to files that survive a power cut in the order in which they were made.
 *
 * <p>Content is on the disk before a name points to it, and a name is on the disk before the call returns. So whoever deletes the only
 * other copy afterwards can rely on the first. Blocks on the disk; any thread.
 */
public final class DurableFiles {
    /** What a file ends in while it is written; {@link #sweep} deletes what a crash left. */
    static final String UNFINISHED = ".tmp";

    private static final boolean DIRECTORIES_CAN_BE_SYNCED =
            !System.getProperty("os.name", "").startsWith("Windows");

    private DurableFiles() {}

    /** Writes the content of a file to a path, which it makes or replaces. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path unfinished) throws IOException, SQLException;
    }

    /** Makes or replaces a file: it has its old content or all of its new one. On failure nothing is left behind. */
    public static void publish(Path target, Content content) throws IOException, SQLException {
        Path unfinished = sibling(target, UNFINISHED);
        makeDirectory(parent(target));
        try {
            content.writeTo(unfinished);
            sync(unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | SQLException | RuntimeException e) {
            discard(unfinished, e);
            throw e;
        }
        syncDirectory(parent(target));
    }

    /** Copies a file, to another disk if need be. */
    public static void copy(Path from, Path to) throws IOException {
        try {
            publish(to, unfinished -> Files.copy(from, unfinished, StandardCopyOption.REPLACE_EXISTING));
        } catch (SQLException e) {
            throw new IllegalStateException("copying a file asks no database", e);
        }
    }

    /** Gives a directory, whose files are durable, another name in the same directory; there must be none of that name. */
    public static void renameDirectory(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(parent(to));
    }

    /** Gives a file another name on the same disk, replacing what has that name. */
    public static void rename(Path from, Path to) throws IOException {
        sync(from);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(parent(to));
        if (!parent(to).equals(parent(from))) {
            syncDirectory(parent(from));
        }
    }

    /** Deletes files of one directory, in this order; those that are not there are skipped. */
    public static void delete(List<Path> files) throws IOException {
        Set<Path> directories = new LinkedHashSet<>();
        for (Path file : files) {
            if (Files.deleteIfExists(file)) {
                directories.add(parent(file));
            }
        }
        for (Path directory : directories) {
            syncDirectory(directory);
        }
    }

    public static void delete(Path file) throws IOException {
        delete(List.of(file));
    }

    /** Makes a directory and those above it that are missing. */
    public static void makeDirectory(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        Path above = absolute.getParent();
        if (above == null || Files.isDirectory(absolute)) {
            return;
        }
        makeDirectory(above);
        try {
            Files.createDirectory(absolute);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw e;
            }
        }
        syncDirectory(above);
    }

    /** Deletes the unfinished files that lie in a directory; nobody may be writing there. How many there were. */
    public static int sweep(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        List<Path> unfinished;
        try (Stream<Path> files = Files.list(directory)) {
            unfinished = files.filter(file -> file.getFileName().toString().endsWith(UNFINISHED))
                    .filter(Files::isRegularFile)
                    .toList();
        }
        delete(unfinished);
        return unfinished.size();
    }

    /** Deletes a directory with all that is in it; only for what nobody needs after a power cut. */
    public static void deleteTree(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted((a, b) -> b.compareTo(a)).toList();
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }

    /** Brings the content of a file to the disk. */
    public static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Brings the names in a directory to the disk. Windows does that by itself and has no call for it. */
    public static void syncDirectory(Path directory) throws IOException {
        if (DIRECTORIES_CAN_BE_SYNCED) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void discard(Path unfinished, Exception failure) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static Path sibling(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file must lie in a directory: " + path);
        }
        return parent;
    }
}
