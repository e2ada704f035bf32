package io.vitrine.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells whether a file or folder is a model that can be opened, and if not, what is missing. */
final class ModelFiles {

    private ModelFiles() {}

    /**
     * The path to open for what a person gave: the file itself, the folder itself, or the one {@code .gguf} file in it.
     *
     * @throws ModelUnavailableException if there is no model; the message names what is missing
     */
    static Path require(Path given) {
        if (!Files.exists(given)) {
            throw new ModelUnavailableException("There is no file or folder " + given.toAbsolutePath());
        }
        if (Files.isDirectory(given)) {
            return findIn(given).orElseThrow(() -> new ModelUnavailableException(whyNoModel(given)));
        }
        if (!isGguf(given)) {
            throw new ModelUnavailableException("A model file must be a .gguf file: " + given.toAbsolutePath()
                    + ". For *.safetensors give the folder that also holds config.json and tokenizer.json");
        }
        return given;
    }

    /** The path to open for a folder; empty if it holds no model, or more than one. */
    static Optional<Path> findIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        if (missingFrom(folder).isEmpty()) {
            return Optional.of(folder);
        }
        List<Path> ggufFiles =
                filesOf(folder).stream().filter(ModelFiles::isGguf).toList();
        return ggufFiles.size() == 1 ? Optional.of(ggufFiles.get(0)) : Optional.empty();
    }

    /** Bytes of the file, or of the files directly in the folder. */
    static long bytesOf(Path path) {
        return (Files.isDirectory(path) ? filesOf(path) : List.of(path))
                .stream().mapToLong(ModelFiles::size).sum();
    }

    private static String whyNoModel(Path folder) {
        List<String> ggufNames = filesOf(folder).stream()
                .filter(ModelFiles::isGguf)
                .map(file -> file.getFileName().toString())
                .toList();
        if (!ggufNames.isEmpty()) {
            return "The folder " + folder.toAbsolutePath() + " holds " + ggufNames.size()
                    + " .gguf files: give the path of one (" + String.join(", ", ggufNames) + ")";
        }
        return "The folder " + folder.toAbsolutePath()
                + " holds no model: no .gguf file, and of a Hugging Face model it lacks "
                + String.join(", ", missingFrom(folder));
    }

    private static List<String> missingFrom(Path folder) {
        List<String> missing = new ArrayList<>();
        Stream.of("config.json", "tokenizer.json")
                .filter(name -> !Files.isRegularFile(folder.resolve(name)))
                .forEach(missing::add);
        if (filesOf(folder).stream().noneMatch(file -> lowerCaseName(file).endsWith(".safetensors"))) {
            missing.add("*.safetensors");
        }
        return missing;
    }

    private static boolean isGguf(Path file) {
        return lowerCaseName(file).endsWith(".gguf");
    }

    private static String lowerCaseName(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    private static List<Path> filesOf(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
