package io.vitrine.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.vitrine.store.file.DurableFiles;
import io.vitrine.store.sql.Sqlite;

/**
 * A copy of a store's folder that can be put in its place, taken while a server writes: each SQLite file as of one
 * moment, with what its write-ahead log holds, and the Parquet files, which nobody changes. The secret that keys are
 * hashed with is left out: it belongs apart from the ledger.
 */
public final class StoreBackup {

    private static final String PART = ".part";

    private StoreBackup() {}

    /**
     * What was copied.
     *
     * @param files in the order that they were copied in, relative to the store's folder
     * @param missed Parquet and day files that retention or aging took away meanwhile
     */
    public record Receipt(List<Path> files, List<Path> missed, long bytes) {

        public Receipt {
            files = List.copyOf(files);
            missed = List.copyOf(missed);
        }
    }

    /**
     * Copies {@code store} to {@code target}, which appears under its name when it is complete.
     *
     * @param target must not exist
     * @throws IllegalArgumentException if {@code target} exists or lies in {@code store}
     * @throws StoreException if a SQLite file cannot be read or is damaged
     */
    public static Receipt take(Path store, Path target) throws IOException {
        Path from = store.toAbsolutePath().normalize();
        Path to = target.toAbsolutePath().normalize();
        if (Files.exists(to)) {
            throw new IllegalArgumentException("a backup must be a new folder, and there is " + target);
        }
        if (to.startsWith(from)) {
            throw new IllegalArgumentException("a backup must not lie in the store itself: " + target);
        }
        Path part = to.resolveSibling(to.getFileName() + PART);
        if (Files.exists(part)) {
            DurableFiles.deleteTree(part);
        }
        DurableFiles.makeDirectory(part);
        Receipt receipt = copyAll(from, part);
        DurableFiles.renameDirectory(part, to);
        return receipt;
    }

    private static Receipt copyAll(Path from, Path part) throws IOException {
        List<Path> copied = new ArrayList<>();
        List<Path> missed = new ArrayList<>();
        long bytes = 0;
        for (Path file : files(from)) {
            Path name = from.relativize(file);
            Path copy = part.resolve(name);
            try {
                DurableFiles.makeDirectory(Objects.requireNonNull(copy.getParent()));
                copy(file, copy);
                copied.add(name);
                bytes += Files.size(copy);
            } catch (NoSuchFileException gone) {
                missed.add(name);
            }
        }
        return new Receipt(copied, missed, bytes);
    }

    private static List<Path> files(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (attributes.isRegularFile() && (name.endsWith(".db") || name.endsWith(".parquet"))) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) { // aged away meanwhile
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        found.sort(null);
        return found;
    }

    private static void copy(Path file, Path copy) throws IOException {
        if (!file.getFileName().toString().endsWith(".db")) {
            DurableFiles.copy(file, copy);
            return;
        }
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        try (Connection connection = Sqlite.openForReading(file);
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, copy.toString());
            vacuum.execute();
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        }
        DurableFiles.sync(copy);
    }
}
