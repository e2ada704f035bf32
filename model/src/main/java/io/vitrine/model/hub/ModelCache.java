package io.vitrine.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The models on this machine, and the way to get more: finds a model by name or path, fetching it if need be.
 *
 * <p>A model {@code NAME} lies in {@code FOLDER/NAME/}; while it is being fetched, in {@code FOLDER/NAME.partial/}. It is
 * renamed only when whole and verified, so a folder without that ending can be used. A folder put there by hand is as good.
 *
 * <p>Safe for several threads, and for several processes on one folder; within a process use one instance for a folder.
 */
public final class ModelCache {

    /** Says where a cached model came from: one line of text in its folder. */
    private static final String SOURCE_FILE = "vitrine-source.txt";

    private static final String WHAT_CAN_BE_GIVEN =
            "a .gguf file or of a folder with config.json, tokenizer.json and *.safetensors";

    private final Path folder;
    private final ModelCatalogue catalogue;
    private final ReentrantLock fetching = new ReentrantLock();

    /** @param folder made when the first model is fetched */
    public ModelCache(Path folder, ModelCatalogue catalogue) {
        this.folder = folder.toAbsolutePath().normalize();
        this.catalogue = catalogue;
    }

    /** The models in the cache, by name. */
    public List<LocalModel> list() {
        return Folders.directoriesIn(folder).stream()
                .flatMap(first -> Stream.concat(Stream.of(first), Folders.directoriesIn(first).stream()))
                .map(each -> folder.relativize(each).toString())
                .filter(ModelName::isValid)
                .flatMap(name -> find(new ModelName(name)).stream())
                .sorted(Comparator.comparing(LocalModel::name))
                .toList();
    }

    /**
     * The model for what a person gave as one: a path to a {@code .gguf} file or a Hugging Face folder, or a name, which is
     * looked for in the cache and then fetched from the sources that the catalogue knows, in order.
     *
     * <p>It is taken as a path if it looks like one ({@code /a}, {@code ./a}, {@code ../a}, {@code a.gguf}), or if there is a
     * file or folder of that name and it is not a built-in name.
     *
     * @throws ModelUnavailableException if there is none; the message says what was tried
     */
    public LocalModel resolve(String nameOrPath, DownloadProgress progress) throws InterruptedException {
        return isPath(nameOrPath) ? atPath(Path.of(nameOrPath)) : pull(nameOrPath, progress);
    }

    /**
     * The model of that name, fetched unless the cache has it.
     *
     * @throws ModelUnavailableException if there is none; the message says what was tried
     */
    public LocalModel pull(String name, DownloadProgress progress) throws InterruptedException {
        if (!ModelName.isValid(name)) {
            throw unknown(name);
        }
        ModelName wanted = new ModelName(name);
        Optional<LocalModel> cached = find(wanted);
        if (cached.isPresent()) {
            return cached.get();
        }
        List<ModelSource> sources = catalogue.sourcesOf(wanted);
        if (sources.isEmpty()) {
            throw unknown(name);
        }
        return fetchAlone(wanted, sources, progress);
    }

    /**
     * Removes what interrupted fetches have left, except where a fetch is going on.
     *
     * @return the names of the models concerned
     */
    @SuppressWarnings("try") // the lock is held, not used
    public List<String> removePartials() {
        List<String> removed = new ArrayList<>();
        fetching.lock();
        try {
            for (ModelName name : partials()) {
                Optional<ModelLock> lock = ModelLock.tryAcquire(name.lockFileUnder(folder));
                if (lock.isPresent()) {
                    try (ModelLock held = lock.get()) {
                        Folders.delete(name.partialFolderUnder(folder));
                    }
                    removed.add(name.value());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fetching.unlock();
        }
        return removed;
    }

    private boolean isPath(String nameOrPath) {
        if (catalogue.builtInNames().contains(nameOrPath)) {
            return false;
        }
        return nameOrPath.startsWith("/")
                || nameOrPath.startsWith("./")
                || nameOrPath.startsWith("../")
                || nameOrPath.endsWith(".gguf")
                || Files.exists(Path.of(nameOrPath));
    }

    private static LocalModel atPath(Path given) {
        Path path = ModelFiles.require(given.toAbsolutePath().normalize());
        String fileName = path.getFileName().toString();
        String name = Files.isDirectory(path) ? fileName : fileName.substring(0, fileName.lastIndexOf('.'));
        return new LocalModel(name, path, ModelFiles.bytesOf(path), "given as a path");
    }

    private Optional<LocalModel> find(ModelName name) {
        Path place = name.folderUnder(folder);
        return ModelFiles.findIn(place)
                .map(path -> new LocalModel(name.value(), path, ModelFiles.bytesOf(path), sourceOf(place)));
    }

    @SuppressWarnings("try") // the lock is held, not used
    private LocalModel fetchAlone(ModelName name, List<ModelSource> sources, DownloadProgress progress)
            throws InterruptedException {
        fetching.lockInterruptibly();
        try {
            Path lockFile = name.lockFileUnder(folder);
            Files.createDirectories(lockFile.getParent());
            try (ModelLock held = ModelLock.acquire(
                    lockFile, () -> progress.note("Another process is fetching " + name + "; waiting for it"))) {
                Optional<LocalModel> fetchedMeanwhile = find(name);
                return fetchedMeanwhile.isPresent() ? fetchedMeanwhile.get() : fetch(name, sources, progress);
            }
        } catch (IOException e) {
            throw new ModelUnavailableException("The model cache " + folder + " cannot be used: " + e, e);
        } finally {
            fetching.unlock();
        }
    }

    private LocalModel fetch(ModelName name, List<ModelSource> sources, DownloadProgress progress)
            throws IOException, InterruptedException {
        requireRoomFor(name);
        List<String> failures = new ArrayList<>();
        failures.add("the model cache, " + name.folderUnder(folder) + ": not there");
        for (ModelSource source : sources) {
            Path work = Files.createDirectories(name.partialFolderUnder(folder).resolve(source.id()));
            progress.note("Fetching " + name + " from " + source.description());
            try {
                source.fetch(work, progress);
                return land(name, work, source);
            } catch (ModelSourceException e) {
                failures.add(source.description() + ": " + e.getMessage());
                progress.note("That failed: " + e.getMessage());
            }
        }
        removeEmptyPartial(name);
        throw new ModelUnavailableException(nothingHelped(name, failures));
    }

    /** The last step, and the only one that others see. */
    private LocalModel land(ModelName name, Path work, ModelSource source) throws IOException {
        Files.writeString(work.resolve(SOURCE_FILE), source.description() + "\n", StandardCharsets.UTF_8);
        Files.move(work, name.folderUnder(folder), StandardCopyOption.ATOMIC_MOVE);
        Folders.delete(name.partialFolderUnder(folder));
        return find(name)
                .orElseThrow(
                        () -> new IllegalStateException(source.description() + " gave no whole model for " + name));
    }

    private void requireRoomFor(ModelName name) throws IOException {
        Path place = name.folderUnder(folder);
        if (Files.exists(place)
                && !(Files.isDirectory(place) && Folders.in(place).isEmpty())) {
            ModelFiles.require(place); // says what is missing
        }
    }

    private void removeEmptyPartial(ModelName name) throws IOException {
        Path partial = name.partialFolderUnder(folder);
        if (Folders.bytesBelow(partial) == 0) {
            Folders.delete(partial);
        }
    }

    private List<ModelName> partials() {
        return Folders.directoriesIn(folder).stream()
                .flatMap(first -> Stream.concat(Stream.of(first), Folders.directoriesIn(first).stream()))
                .map(each -> folder.relativize(each).toString())
                .filter(path -> path.endsWith(ModelName.PARTIAL))
                .map(path -> path.substring(0, path.length() - ModelName.PARTIAL.length()))
                .filter(ModelName::isValid)
                .map(ModelName::new)
                .toList();
    }

    private ModelUnavailableException unknown(String name) {
        return new ModelUnavailableException(
                "There is no model '" + name + "': it is neither in the model cache " + folder
                        + " nor a name that Vitrine knows (" + String.join(", ", catalogue.builtInNames()) + ")."
                        + "\nGive a Hugging Face repository as OWNER/NAME, or the path of " + WHAT_CAN_BE_GIVEN + ".");
    }

    private static String nothingHelped(ModelName name, List<String> failures) {
        StringBuilder text =
                new StringBuilder("The model " + name + " could be neither found nor fetched. Tried, in this order:");
        for (int index = 0; index < failures.size(); index++) {
            text.append("\n  ").append(index + 1).append(". ").append(failures.get(index));
        }
        return text.append("\nLet this machine reach one of these, or copy the model here and give the path of ")
                .append(WHAT_CAN_BE_GIVEN)
                .append(" (--model PATH).")
                .toString();
    }

    private static String sourceOf(Path place) {
        try {
            Path file = place.resolve(SOURCE_FILE);
            return Files.exists(file)
                    ? Files.readString(file, StandardCharsets.UTF_8).strip()
                    : "put there by hand";
        } catch (IOException e) {
            return "not known: " + SOURCE_FILE + " cannot be read";
        }
    }
}
