package io.vitrine.server.search;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import io.vitrine.observability.catalogue.LogField;
import org.jspecify.annotations.Nullable;

/** The keys of the search language. Each is a field of log events, but for {@link #TPOT}, which is computed from others. */
public enum SearchKey {
    TENANT(Type.TEXT, LogField.TENANT_ID, true, "whose request it was"),
    MODEL(Type.TEXT, LogField.MODEL_NAME, true, "served name of the model"),
    ROUTE(Type.TEXT, LogField.ROUTE, true, "path of the API"),
    OUTCOME(Type.TEXT, LogField.OUTCOME, true, "how the request ended"),
    STATUS(Type.STATUS, LogField.STATUS, true, "HTTP status, or an outcome"),
    FINISH(Type.TEXT, LogField.FINISH_REASON, true, "why the first choice ended"),
    ERROR(Type.TEXT, LogField.ERROR_TYPE, true, "why there was no answer"),
    STREAM(Type.FLAG, LogField.STREAMED, true, "whether the answer was streamed"),
    ID(Type.TEXT, LogField.REQUEST_ID, true, "the answer's x-request-id"),
    TRACE(Type.TEXT, LogField.TRACE_ID, true, "id of the trace"),
    DURATION(Type.DURATION, LogField.DURATION_MS, true, "from the head to the last byte"),
    TTFT(Type.DURATION, LogField.TTFT_MS, true, "time to first token"),
    TPOT(Type.DURATION, null, true, "mean time per output token after the first"),
    QUEUE(Type.DURATION, LogField.QUEUE_TIME_MS, true, "wait for a slot"),
    IN(Type.NUMBER, LogField.INPUT_TOKENS, true, "tokens of the prompts"),
    OUT(Type.NUMBER, LogField.OUTPUT_TOKENS, true, "tokens generated"),
    CACHED(Type.NUMBER, LogField.CACHED_TOKENS, true, "prompt tokens from the prefix cache"),
    BATCH(Type.NUMBER, LogField.BATCH_SIZE, true, "sequences with a slot when the first choice got one"),
    CHOICES(Type.NUMBER, LogField.CHOICES, true, "sequences generated"),
    COST(Type.NUMBER, LogField.COST, true, "price of the request"),
    CURRENCY(Type.TEXT, LogField.CURRENCY, true, "of the price"),
    GPU(Type.TEXT, LogField.GPU_ID, true, "the device that the model runs on"),
    LEVEL(Type.TEXT, LogField.LEVEL, false, "level of the log event"),
    CATEGORY(Type.TEXT, LogField.CATEGORY, false, "part of the server"),
    EVENT(Type.TEXT, LogField.EVENT, false, "what happened"),
    LOGGER(Type.TEXT, LogField.LOGGER, false, "class or place that speaks"),
    ALERT(Type.TEXT, LogField.ALERT, false, "name of the rule"),
    SEVERITY(Type.TEXT, LogField.SEVERITY, false, "how urgent the alert is"),
    ACTOR(Type.TEXT, LogField.ACTOR, false, "who made the change"),
    SUBJECT(Type.TEXT, LogField.SUBJECT, false, "what was changed");

    /** What is searched. */
    public enum Corpus {
        REQUESTS,
        LOGS
    }

    /** What a value looks like. */
    public enum Type {
        TEXT,
        /** A whole or decimal number, also with {@code k} or {@code M}. */
        NUMBER,
        /** A number with a unit from {@code ns} to {@code h}; milliseconds without one. */
        DURATION,
        FLAG,
        /** A number or the name of an outcome. */
        STATUS
    }

    private final Type type;
    private final @Nullable LogField field;
    private final boolean ofRequests;
    private final String meaning;
    private final String label = name().toLowerCase(Locale.ROOT);

    SearchKey(Type type, @Nullable LogField field, boolean ofRequests, String meaning) {
        this.type = type;
        this.field = field;
        this.ofRequests = ofRequests;
        this.meaning = meaning;
    }

    /** The keys of one kind of search, in the order in which they are offered. */
    public static List<SearchKey> of(Corpus corpus) {
        return Arrays.stream(values())
                .filter(key -> corpus == Corpus.LOGS || key.ofRequests)
                .toList();
    }

    static Optional<SearchKey> ofLabel(String label, Corpus corpus) {
        return of(corpus).stream()
                .filter(key -> key.label.equalsIgnoreCase(label))
                .findFirst();
    }

    /** As a query writes it. */
    public String label() {
        return label;
    }

    public Type type() {
        return type;
    }

    /** Where log events have it; empty if it is computed. */
    public Optional<LogField> field() {
        return Optional.ofNullable(field);
    }

    public String meaning() {
        return meaning;
    }

    public boolean comparable() {
        return type != Type.TEXT && type != Type.FLAG;
    }

    /** Every value that it may have; empty if there is no list of them. */
    public List<String> allowedValues() {
        return switch (type) {
            case FLAG -> List.of("true", "false");
            case STATUS ->
                Stream.concat(LogField.OUTCOME.allowedValues().stream(), Stream.of("200", "400", "429", "499", "500"))
                        .toList();
            case TEXT -> field == null ? List.of() : field.allowedValues();
            case NUMBER, DURATION -> List.of();
        };
    }
}
