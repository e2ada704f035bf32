package io.vitrine.model.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

import io.vitrine.model.hub.HttpFetcher.Answer;
import io.vitrine.model.hub.HttpFetcher.Conditions;

/** A repository of the Hugging Face hub: asks it what files there are and downloads those a model is opened from. */
final class HubSource implements ModelSource {

    private static final String LISTING = "listing.json";
    private static final long MAXIMUM_LISTING_BYTES = 16L << 20;

    private final HubSettings settings;
    private final ModelName repository;
    private final HttpFetcher fetcher;

    HubSource(HubSettings settings, ModelName repository) {
        this.settings = settings;
        this.repository = repository;
        this.fetcher = new HttpFetcher(settings);
    }

    @Override
    public String id() {
        return "hub";
    }

    @Override
    public String description() {
        return "the Hugging Face hub, " + settings.at("/" + repository);
    }

    @Override
    public void fetch(Path folder, DownloadProgress progress) throws ModelSourceException, InterruptedException {
        List<RemoteFile> files = list(folder);
        try {
            removeAllBut(files, folder);
            download(files, folder, progress);
        } catch (IOException e) {
            throw new ModelSourceException("the folder " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Asked once and without a second try: on a machine with no way out the next source should have its turn soon. */
    private List<RemoteFile> list(Path folder) throws ModelSourceException, InterruptedException {
        Path listing = folder.resolve(LISTING);
        try {
            Answer answer = fetcher.get(
                    settings.at("/api/models/" + repository + "?blobs=true"),
                    Conditions.NONE,
                    head -> head.status() == 200
                            ? Optional.of(new FileBody(listing, 0, MAXIMUM_LISTING_BYTES, length -> {}))
                            : Optional.empty());
            if (answer.status() != 200) {
                throw new ModelSourceException(HttpRefusal.describe(answer));
            }
            return HubListing.read(listing, settings, repository);
        } catch (LocalWriteException e) {
            throw new ModelSourceException(e.getMessage() + "; " + FreeSpace.describe(folder), e);
        } catch (IOException e) {
            throw new ModelSourceException(NetworkFailure.describe(e), e);
        }
    }

    private void download(List<RemoteFile> files, Path folder, DownloadProgress progress)
            throws IOException, ModelSourceException, InterruptedException {
        long here = bytesHere(folder);
        OptionalLong total = totalBytes(files);
        FreeSpace.require(folder, knownBytes(files) - here);
        progress.started(repository + " from " + settings.endpoint().getHost(), here, total);
        long before = 0;
        for (RemoteFile file : files) {
            long done = before;
            new ResumableDownload(fetcher, settings, file, folder, length -> progress.advanced(done + length))
                    .run(progress);
            before += Files.size(folder.resolve(file.name()));
        }
        progress.finished();
    }

    /** The listing itself, and what an attempt at an older commit may have left. */
    private static void removeAllBut(List<RemoteFile> files, Path folder) throws IOException {
        Set<String> kept = new TreeSet<>();
        for (RemoteFile file : files) {
            kept.addAll(List.of(
                    file.name(), file.name() + ResumableDownload.PART, file.name() + ResumableDownload.PART_ETAG));
        }
        for (Path file : Folders.in(folder)) {
            if (!kept.contains(file.getFileName().toString())) {
                Folders.delete(file);
            }
        }
    }

    private static long bytesHere(Path folder) throws IOException {
        long bytes = 0;
        for (Path file : Folders.in(folder)) {
            bytes += file.getFileName().toString().endsWith(ResumableDownload.PART_ETAG) ? 0 : Files.size(file);
        }
        return bytes;
    }

    private static OptionalLong totalBytes(List<RemoteFile> files) {
        boolean known = files.stream().allMatch(file -> file.bytes().isPresent());
        return known ? OptionalLong.of(knownBytes(files)) : OptionalLong.empty();
    }

    private static long knownBytes(List<RemoteFile> files) {
        return files.stream().mapToLong(file -> file.bytes().orElse(0)).sum();
    }
}
