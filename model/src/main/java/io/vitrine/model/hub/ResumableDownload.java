package io.vitrine.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.model.hub.HttpFetcher.Answer;
import io.vitrine.model.hub.HttpFetcher.Conditions;

/**
 * One file of a model, downloaded until it is whole and verified. While it is not, it is called {@code NAME.part}, and beside
 * it {@code NAME.part.etag} says which version the bytes are of: a later attempt, or a later run of the program, goes on from
 * there if the server still has that version, and begins again otherwise.
 */
final class ResumableDownload {

    /** Attempts in a row that bring no new byte before giving up. */
    private static final int FRUITLESS_ATTEMPTS = 3;

    static final String PART = ".part";
    static final String PART_ETAG = ".part.etag";

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

    private final HttpFetcher fetcher;
    private final HubSettings settings;
    private final RemoteFile remote;
    private final Path whole;
    private final Path part;
    private final Path etagFile;
    private final LongConsumer length;

    /** @param length told the number of bytes here, whenever it changes */
    ResumableDownload(HttpFetcher fetcher, HubSettings settings, RemoteFile remote, Path folder, LongConsumer length) {
        this.fetcher = fetcher;
        this.settings = settings;
        this.remote = remote;
        this.whole = folder.resolve(remote.name());
        this.part = folder.resolve(remote.name() + PART);
        this.etagFile = folder.resolve(remote.name() + PART_ETAG);
        this.length = length;
    }

    /**
     * Ends with the whole, verified file in the folder.
     *
     * @throws ModelSourceException if that cannot be had; what has come so far is kept unless it is known to be wrong
     */
    void run(DownloadProgress progress) throws ModelSourceException, InterruptedException {
        try {
            if (isWholeAlready()) {
                length.accept(Files.size(whole));
                return;
            }
            boolean begunEarlier = resumePoint().etag() != null;
            transfer(progress);
            if (begunEarlier && !isVerified(part)) {
                progress.note(remote.name() + ": what an earlier attempt left does not fit; beginning again");
                discardPart();
                transfer(progress);
            }
            accept();
        } catch (LocalWriteException e) {
            throw new ModelSourceException(e.getMessage() + "; " + FreeSpace.describe(part), e);
        } catch (IOException e) {
            throw new ModelSourceException(remote.name() + ": " + NetworkFailure.describe(e), e);
        }
    }

    private boolean isWholeAlready() throws IOException {
        if (!Files.exists(whole)) {
            return false;
        }
        boolean sizeFits = remote.bytes().isPresent()
                && Files.size(whole) == remote.bytes().getAsLong();
        if (sizeFits && isVerified(whole)) {
            return true;
        }
        Files.delete(whole);
        return false;
    }

    private void transfer(DownloadProgress progress) throws IOException, ModelSourceException, InterruptedException {
        long furthest = partBytes();
        int fruitless = 0;
        while (!isComplete()) {
            try {
                attempt();
                return;
            } catch (LocalWriteException e) {
                throw e;
            } catch (IOException e) {
                fruitless = partBytes() > furthest ? 0 : fruitless + 1;
                furthest = Math.max(furthest, partBytes());
                if (fruitless == FRUITLESS_ATTEMPTS) {
                    throw e;
                }
                progress.note(remote.name() + ": " + NetworkFailure.describe(e) + "; trying again");
                Thread.sleep(settings.retryPause().toMillis());
            }
        }
    }

    private void attempt() throws IOException, ModelSourceException, InterruptedException {
        Conditions conditions = resumePoint();
        Answer answer = fetcher.get(remote.address(), conditions, head -> chooseBody(head, conditions));
        if ((answer.status() == 206 && !continues(answer, conditions)) || answer.status() == 416) {
            discardPart(); // the server has another version than the one the part is of
            throw HttpRefusal.of(answer);
        }
        if (answer.status() != 200 && answer.status() != 206) {
            throw HttpRefusal.of(answer);
        }
        if (remote.bytes().isPresent() && partBytes() != remote.bytes().getAsLong()) {
            throw new IOException(
                    "got " + partBytes() + " bytes where " + remote.bytes().getAsLong() + " were expected");
        }
    }

    private Optional<FileBody> chooseBody(Answer head, Conditions conditions) {
        long limit = remote.bytes().orElse(RemoteFile.MAXIMUM_BYTES);
        if (continues(head, conditions)) {
            return Optional.of(new FileBody(part, conditions.offset(), limit, length));
        }
        if (head.status() == 200) {
            rememberVersion(head);
            return Optional.of(new FileBody(part, 0, limit, length));
        }
        return Optional.empty();
    }

    /** Whether the answer goes on exactly where the part ends, in the same version of the file. */
    private boolean continues(Answer head, Conditions conditions) {
        Matcher range = CONTENT_RANGE.matcher(head.header("Content-Range").orElse(""));
        return head.status() == 206
                && conditions.etag() != null
                && head.header("ETag").orElse(conditions.etag()).equals(conditions.etag())
                && range.matches()
                && range.group(1).equals(Long.toString(conditions.offset()))
                && (remote.bytes().isEmpty()
                        || range.group(2).equals(Long.toString(remote.bytes().getAsLong())));
    }

    /** The old bytes go first: were the program to die in between, they must not be found under the new version's name. */
    private void rememberVersion(Answer head) {
        try {
            discardPart();
            Optional<String> etag = head.header("ETag").filter(value -> value.startsWith("\""));
            if (etag.isPresent()) { // a weak one promises nothing about single bytes
                Files.writeString(etagFile, etag.get(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    new LocalWriteException("could not write " + etagFile + ": " + e.getMessage(), e));
        }
    }

    private Conditions resumePoint() throws IOException {
        boolean resumable = partBytes() > 0 && Files.exists(etagFile);
        return resumable
                ? new Conditions(partBytes(), Files.readString(etagFile, StandardCharsets.UTF_8))
                : Conditions.NONE;
    }

    /** All bytes came, but the program ended before it could verify them. */
    private boolean isComplete() throws IOException {
        return Files.exists(part)
                && Files.exists(etagFile)
                && remote.bytes().isPresent()
                && remote.bytes().getAsLong() == partBytes();
    }

    private void accept() throws IOException, ModelSourceException {
        if (!isVerified(part)) {
            discardPart();
            throw new ModelSourceException(remote.name() + " has a wrong checksum (expected "
                    + remote.checksum().map(Checksum::hex).orElse("")
                    + "): the download is damaged or was tampered with");
        }
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(etagFile);
    }

    private boolean isVerified(Path file) throws IOException {
        return remote.checksum().isEmpty() || remote.checksum().get().matches(file);
    }

    private long partBytes() throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    private void discardPart() throws IOException {
        Files.deleteIfExists(etagFile);
        Files.deleteIfExists(part);
    }
}
