package io.vitrine.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What {@link Files} lacks. */
final class Folders {

    private Folders() {}

    /** Deletes a file, or a folder with all that is in it; nothing there is as good. Links are not followed. */
    static void delete(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.deleteIfExists(path);
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(path)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : deepestFirst) {
            Files.delete(each);
        }
    }

    /** Deletes what is in the folder. */
    static void clear(Path folder) throws IOException {
        for (Path each : in(folder)) {
            delete(each);
        }
    }

    /** What is directly in the folder. */
    static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    /** The folders directly in the folder, by name; none if it does not exist. */
    static List<Path> directoriesIn(Path folder) {
        try {
            return Files.isDirectory(folder)
                    ? in(folder).stream().filter(Files::isDirectory).toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of all files below, for a folder that another process may be writing: what vanishes meanwhile counts nothing. */
    static long bytesBelow(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
