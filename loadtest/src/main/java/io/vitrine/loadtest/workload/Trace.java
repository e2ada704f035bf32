package io.vitrine.loadtest.workload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import org.jspecify.annotations.Nullable;

/**
 * A recorded load: times and lengths, no text. Reads CSV with a header and JSON lines, among them the ledger export of Vitrine
 * ({@code at_millis, input_tokens, cached_tokens, output_tokens}), Azure's traces ({@code TIMESTAMP, ContextTokens, GeneratedTokens}),
 * Mooncake's ({@code timestamp} in ms, {@code input_length, output_length, hash_ids} of 512 tokens each) and the plans written here.
 */
public final class Trace {

    private static final int HASH_BLOCK_TOKENS = 512;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> NEVER_RAN = Set.of("refused");

    private final List<Row> rows;

    private Trace(List<Row> rows) {
        this.rows = rows;
    }

    /** @param atNanos from the first request of the trace */
    private record Row(long atNanos, Prompt prompt, int outputTokens, int cancelAfterTokens) {}

    /** Reads a file; the first name that a row has counts. Its time axis is divided by {@code speed}. */
    public static Trace read(Path file, long seed, double speed) throws IOException {
        if (!(speed > 0 && Double.isFinite(speed))) {
            throw new IllegalArgumentException("the speed of a replay must be > 0: " + speed);
        }
        boolean csv = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
        List<ObjectNode> lines = csv ? csv(file) : jsonLines(file);
        List<Row> rows = new ArrayList<>(lines.size());
        for (int index = 0; index < lines.size(); index++) {
            try {
                if (!NEVER_RAN.contains(lines.get(index).path("outcome").asText())) {
                    rows.add(row(new Fields(lines.get(index)), seed, index));
                }
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IllegalArgumentException(file + ", request " + (index + 1) + ": " + e.getMessage(), e);
            }
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(file + " has no request");
        }
        rows.sort(Comparator.comparingLong(Row::atNanos));
        long first = rows.get(0).atNanos();
        return new Trace(rows.stream()
                .map(row -> new Row(
                        Math.round((row.atNanos() - first) / speed),
                        row.prompt(),
                        row.outputTokens(),
                        row.cancelAfterTokens()))
                .toList());
    }

    /** The trace's first requests, and those of its first {@code seconds}. */
    public Plan plan(int most, double seconds) {
        long[] times = rows.stream()
                .limit(most)
                .mapToLong(Row::atNanos)
                .takeWhile(at -> at < seconds * 1e9)
                .toArray();
        return new Plan(new Plan.Open(times, times[times.length - 1] + 1, false), this::conversation, 0);
    }

    private List<PlannedRequest> conversation(int index) {
        Row row = rows.get(index);
        return List.of(new PlannedRequest(index, 0, row.prompt(), row.outputTokens(), row.cancelAfterTokens()));
    }

    private static List<ObjectNode> csv(Path file) throws IOException {
        CsvSchema schema = CsvSchema.emptySchema().withHeader();
        try (MappingIterator<ObjectNode> lines =
                new CsvMapper().readerFor(ObjectNode.class).with(schema).readValues(file.toFile())) {
            return lines.readAll();
        }
    }

    private static List<ObjectNode> jsonLines(Path file) throws IOException {
        List<ObjectNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            if (!line.isBlank()) {
                JsonNode node = JSON.readTree(line);
                if (!node.isObject()) {
                    throw new IllegalArgumentException(file + ": line " + (lines.size() + 1) + " is no JSON object");
                }
                lines.add((ObjectNode) node);
            }
        }
        return lines;
    }

    private static Row row(Fields fields, long seed, int index) {
        int output =
                Math.max(1, fields.tokens("output_tokens", "output_length", "GeneratedTokens", "generated_tokens"));
        int cancelAfter = fields.tokensOr(0, "cancel_after_tokens");
        return new Row(fields.nanos(), prompt(fields, seed, index), output, cancelAfter);
    }

    private static Prompt prompt(Fields fields, long seed, int index) {
        JsonNode text = fields.find("prompt");
        if (text != null) {
            return new Prompt.Text(text.asText());
        }
        JsonNode given = fields.find("blocks");
        if (given != null) {
            List<Prompt.Block> made = new ArrayList<>();
            given.forEach(block -> made.add(new Prompt.Block(
                    Long.parseUnsignedLong(block.path("id").asText(), 16),
                    block.path("tokens").asInt(),
                    block.path("shared").asBoolean())));
            return new Prompt.Blocks(made);
        }
        int tokens = Math.max(1, fields.tokens("input_tokens", "input_length", "ContextTokens", "context_tokens"));
        List<Prompt.Block> blocks = new ArrayList<>();
        int rest = tokens;
        for (long id : fields.sharedPrefix()) {
            int size = Math.min(HASH_BLOCK_TOKENS, rest - 1);
            if (size > 0) {
                blocks.add(new Prompt.Block(Streams.mix(seed, id), size, true));
                rest -= size;
            }
        }
        int cached = Math.min(fields.tokensOr(0, "cached_tokens"), rest - 1);
        if (blocks.isEmpty() && cached > 0) {
            // A ledger says how much was shared, not with which request: one prefix for each tenant and model.
            blocks.add(new Prompt.Block(Streams.mix(seed, fields.owner().hashCode()), cached, true));
            rest -= cached;
        }
        blocks.add(new Prompt.Block(
                Streams.of(seed, Streams.Purpose.REQUEST, index).nextLong(), Math.max(1, rest), false));
        return new Prompt.Blocks(blocks);
    }

    /** One row, whose fields have other names in each kind of trace. */
    private record Fields(ObjectNode row) {

        @Nullable
        JsonNode find(String... names) {
            for (String name : names) {
                JsonNode value = row.get(name);
                boolean empty = value == null
                        || value.isNull()
                        || (value.isTextual() && value.asText().isEmpty());
                if (!empty) {
                    return value;
                }
            }
            return null;
        }

        int tokens(String... names) {
            JsonNode value = find(names);
            if (value == null) {
                throw new IllegalArgumentException("no " + String.join(", ", names));
            }
            double number = Double.parseDouble(value.asText());
            if (!(number >= 0 && number <= Integer.MAX_VALUE)) {
                throw new IllegalArgumentException(names[0] + " must be >= 0: " + value.asText());
            }
            return (int) number;
        }

        int tokensOr(int otherwise, String name) {
            return find(name) == null ? otherwise : tokens(name);
        }

        String owner() {
            return row.path("tenant_id").asText() + "/" + row.path("model_name").asText();
        }

        /** Hashes of the prompt's blocks, in order. */
        List<Long> sharedPrefix() {
            List<Long> ids = new ArrayList<>();
            JsonNode given = find("hash_ids", "prefix_hashes");
            if (given != null) {
                JsonNode list = given.isArray() ? given : splitAtSpaces(given.asText());
                list.forEach(id ->
                        ids.add(id.isNumber() ? id.asLong() : (long) id.asText().hashCode()));
            }
            return ids;
        }

        private static JsonNode splitAtSpaces(String text) {
            var list = JsonNodeFactory.instance.arrayNode();
            for (String part : text.trim().split("\\s+", -1)) {
                list.add(part);
            }
            return list;
        }

        long nanos() {
            JsonNode nanos = find("at_nanos");
            if (nanos != null) {
                return nanos.asLong();
            }
            JsonNode millis = find("at_millis");
            if (millis != null) {
                return Math.round(Double.parseDouble(millis.asText()) * 1e6);
            }
            JsonNode seconds = find("at_seconds", "at");
            if (seconds != null) {
                return Math.round(Double.parseDouble(seconds.asText()) * 1e9);
            }
            JsonNode stamp = find("timestamp", "TIMESTAMP");
            if (stamp == null) {
                throw new IllegalArgumentException("no at_seconds, at_millis, at_nanos or timestamp");
            }
            String text = stamp.asText();
            if (text.matches("[\\d.]+")) {
                return Math.round(Double.parseDouble(text) * 1e6); // Mooncake's milliseconds
            }
            Instant instant = text.endsWith("Z")
                    ? Instant.parse(text.replace(' ', 'T'))
                    : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
            return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
        }
    }

    /** Prompts from a file: JSON lines with {@code prompt}, or one prompt a line. */
    public static List<String> readPrompts(Path file) throws IOException {
        List<String> texts = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            if (!line.isBlank()) {
                texts.add(
                        line.startsWith("{")
                                ? JSON.readTree(line).path("prompt").asText()
                                : line);
            }
        }
        if (texts.isEmpty() || new HashSet<>(texts).contains("")) {
            throw new IllegalArgumentException(file + " must have a prompt in every line");
        }
        return texts;
    }
}
