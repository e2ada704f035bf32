package io.vitrine.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.store.file.DurableFiles;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Takes one tenant's lines out of the log files, and its request ids out of lines about a GPU.
 *
 * <p>The file that a server may be writing is overwritten in place, byte for byte as long as before, since the server appends to it
 * meanwhile: a line becomes {@code {"erased":true}} and spaces. Older files, which are compressed, are written anew. A file that is
 * rolled in between is met again: passes are made until one finds nothing.
 */
final class LogErasure {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] ERASED = "{\"erased\":true}".getBytes(UTF_8);
    private static final String NAMES = "vitrine{,-*}.json{,.gz}";
    private static final String COMPRESSED = ".gz";
    private static final int MOST_PASSES = 5;

    private final Path directory;
    private final String tenantId;
    private final Set<String> requestIds = new HashSet<>();
    private final Map<String, Counts> counts = new TreeMap<>();

    private LogErasure(Path directory, String tenantId) {
        this.directory = directory;
        this.tenantId = tenantId;
    }

    /**
     * What was done to one file.
     *
     * @param deleted lines of the tenant's
     * @param cleared lines that lost request ids
     */
    record Counts(long deleted, long cleared) {

        private static final Counts NONE = new Counts(0, 0);

        private Counts plus(Counts more) {
            return new Counts(deleted + more.deleted, cleared + more.cleared);
        }

        private boolean isAny() {
            return deleted > 0 || cleared > 0;
        }
    }

    /** Erases and says what was done, by file name; files without any such line are not named. */
    static Map<String, Counts> run(Path directory, String tenantId) {
        LogErasure erasure = new LogErasure(directory, tenantId);
        try {
            int passes = 0;
            while (passes < MOST_PASSES && erasure.pass()) {
                passes++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take " + tenantId + " out of the log files of " + directory, e);
        }
        return erasure.counts;
    }

    private boolean pass() throws IOException {
        List<Path> files = files();
        for (Path file : files) {
            eachLine(file, (offset, line) -> collectIds(line));
        }
        boolean any = false;
        for (Path file : files) {
            Counts done = file.toString().endsWith(COMPRESSED) ? rewrite(file) : overwrite(file);
            if (done.isAny()) {
                any = true;
                counts.merge(file.getFileName().toString(), done, Counts::plus);
            }
        }
        return any;
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(directory)) {
            var matcher = directory.getFileSystem().getPathMatcher("glob:" + NAMES);
            return paths.filter(path -> matcher.matches(path.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private void collectIds(byte[] line) {
        parse(line).filter(this::isTenants).ifPresent(fields -> {
            for (String name : List.of("request_id", "rated_request_id")) {
                if (fields.path(name).isTextual()) {
                    requestIds.add(fields.path(name).asText());
                }
            }
        });
    }

    private boolean isTenants(JsonNode fields) {
        return fields.path("tenant_id").asText().equals(tenantId);
    }

    /** The line as it is to be: empty to leave it, otherwise as long as before. */
    private Optional<byte[]> erased(byte[] line) {
        return parse(line).flatMap(fields -> {
            if (isTenants(fields)
                    || requestIds.contains(fields.path("request_id").asText())) {
                byte[] blank = new byte[Math.max(line.length, ERASED.length)];
                Arrays.fill(blank, (byte) ' ');
                System.arraycopy(ERASED, 0, blank, 0, ERASED.length);
                return Optional.of(blank);
            }
            return withoutIds(line, fields.path("request_ids").asText());
        });
    }

    private Optional<byte[]> withoutIds(byte[] line, String listed) {
        String found = new String(line, UTF_8);
        String text = found;
        for (String id : listed.split(",", -1)) {
            if (requestIds.contains(id)) {
                text = text.replaceAll("(?<=[\",])" + Pattern.quote(id) + "(?=[\",])", "-".repeat(id.length()));
            }
        }
        return text.equals(found) ? Optional.empty() : Optional.of(text.getBytes(UTF_8));
    }

    private static boolean isBlank(byte[] line) {
        return line.length >= ERASED.length && Arrays.equals(line, 0, ERASED.length, ERASED, 0, ERASED.length);
    }

    private static Optional<JsonNode> parse(byte[] line) {
        try {
            return Optional.of(JSON.readTree(line)).filter(JsonNode::isObject);
        } catch (JsonProcessingException e) {
            // Cut off by a crash, or not ours.
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Counts overwrite(Path file) throws IOException {
        Tally tally = new Tally();
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            eachLine(file, (offset, line) -> {
                Optional<byte[]> better = erased(line).filter(bytes -> bytes.length == line.length);
                if (better.isPresent()) {
                    tally.count(better.get());
                    open.seek(offset);
                    open.write(better.get());
                }
            });
            open.getFD().sync();
        } catch (FileNotFoundException e) {
            return Counts.NONE;
        }
        return tally.counts;
    }

    private Counts rewrite(Path file) throws IOException {
        Tally tally = new Tally();
        eachLine(file, (offset, line) -> erased(line).ifPresent(tally::count));
        if (tally.counts.isAny()) {
            try {
                DurableFiles.publish(file, unfinished -> rewrite(file, unfinished));
            } catch (SQLException e) {
                throw new IllegalStateException("a log file asks no database", e);
            }
        }
        return tally.counts;
    }

    private void rewrite(Path from, Path to) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
            eachLine(from, (offset, line) -> {
                byte[] now = erased(line).orElse(line);
                if (!isBlank(now)) {
                    out.write(now);
                    out.write('\n');
                }
            });
        }
    }

    private static final class Tally {
        private Counts counts = Counts.NONE;

        void count(byte[] line) {
            counts = counts.plus(isBlank(line) ? new Counts(1, 0) : new Counts(0, 1));
        }
    }

    @FunctionalInterface
    private interface LineReader {
        void read(long offset, byte[] line) throws IOException;
    }

    /** Whole lines only: a last one without its end is still being written. */
    private static void eachLine(Path file, LineReader reader) throws IOException {
        try (InputStream plain = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                InputStream in = file.toString().endsWith(COMPRESSED)
                        ? new BufferedInputStream(new GZIPInputStream(plain, 1 << 16), 1 << 16)
                        : plain) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            long offset = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    reader.read(offset, line.toByteArray());
                    offset += line.size() + 1;
                    line.reset();
                } else {
                    line.write(next);
                }
            }
        } catch (NoSuchFileException e) {
            // Rolled or deleted meanwhile; the next pass meets it under its new name.
            return;
        }
    }
}
