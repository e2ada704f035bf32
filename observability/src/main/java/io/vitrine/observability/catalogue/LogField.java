package io.vitrine.observability.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import io.vitrine.gpu.HealthState;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.Route;

/**
 * The fields of a log line, in the order in which they stand in it. A field that is not known is absent, never null.
 * {@code event-template.json} says where each comes from, {@code log-line.schema.json} what a line may look like.
 */
public enum LogField {
    TIMESTAMP(Type.STRING, "when the line was written, ISO 8601, UTC, milliseconds"),
    LEVEL(Type.STRING, "TRACE, DEBUG, INFO, WARN or ERROR"),
    SERVICE(Type.STRING, "name of this server"),
    CATEGORY(Type.STRING, "the part of the server the event belongs to"),
    EVENT(Type.STRING, "what happened"),
    REQUEST_ID(Type.STRING, "as in the answer's x-request-id"),
    TENANT_ID(Type.STRING, "whose request it was"),
    TRACE_ID(Type.STRING, "the request's trace, 32 hexadecimal digits"),
    SPAN_ID(Type.STRING, "the request's span in it, 16 hexadecimal digits"),
    MODEL_NAME(Type.STRING, "served name of the model"),
    ROUTE(Type.STRING, "path with names for parameters"),
    OUTCOME(Type.STRING, "how the request ended"),
    STATUS(Type.INTEGER, "HTTP status; 499 if the client left before there was one"),
    STREAMED(Type.BOOLEAN, "whether the answer went out as server-sent events"),
    DURATION_MS(Type.NUMBER, "how long it took, milliseconds to the nanosecond"),
    QUEUE_TIME_MS(Type.NUMBER, "from submission to the first slot"),
    TTFT_MS(Type.NUMBER, "from arrival to the first token"),
    INPUT_TOKENS(Type.INTEGER, "tokens of the prompts"),
    OUTPUT_TOKENS(Type.INTEGER, "tokens generated"),
    CACHED_TOKENS(Type.INTEGER, "of the input, those from the prefix cache"),
    COST(Type.NUMBER, "price of the request, in the currency of the price book"),
    INFRASTRUCTURE_COST(Type.NUMBER, "the request's share of what the machine costs, in the same currency"),
    CURRENCY(Type.STRING, "of the amounts"),
    CACHED(Type.BOOLEAN, "whether any of the input came from the prefix cache"),
    GPU_ID(Type.STRING, "the device that the model runs on, cuda:0; absent on the CPU"),
    BATCH_SIZE(Type.INTEGER, "sequences with a slot when the first of the request's got one, itself included"),
    CHOICES(Type.INTEGER, "sequences generated"),
    FINISH_REASON(Type.STRING, "why the first choice ended"),
    ERROR_TYPE(Type.STRING, "why there was no answer"),
    RATED_REQUEST_ID(Type.STRING, "the request whose answer was rated"),
    RATED_TRACE_ID(Type.STRING, "the trace of that request"),
    SCORE(Type.NUMBER, "what somebody thinks of the answer, 0 to 1"),
    API_PORT(Type.INTEGER, "port of the API"),
    MANAGEMENT_PORT(Type.INTEGER, "port of metrics and health"),
    GRACE_MS(Type.NUMBER, "how long running requests may go on"),
    RUNNING(Type.INTEGER, "sequences with a slot"),
    WAITING(Type.INTEGER, "sequences in the queue"),
    CLEAN(Type.BOOLEAN, "whether everything ended by itself"),
    CHANGED_CATEGORY(Type.STRING, "the category whose level was changed"),
    PREVIOUS_LEVEL(Type.STRING, "its level before"),
    CHANGED_LEVEL(Type.STRING, "its level from now on"),
    SCOPE(Type.STRING, "what a key would have had to be good for"),
    ACTOR(Type.STRING, "who made the change: a key's prefix, or a command or file"),
    SUBJECT(Type.STRING, "the tenant, key or incident that was changed"),
    REPEATED_EVENT(Type.STRING, "what the lines that were left out were about"),
    LEFT_OUT(Type.INTEGER, "how many were left out"),
    INTERVAL_MS(Type.NUMBER, "in which time"),
    LOGGER(Type.STRING, "the library's class, or the place in the server, that speaks"),
    MESSAGE(Type.STRING, "in words"),
    EXCEPTION_TYPE(Type.STRING, "class of the exception"),
    ALERT(Type.STRING, "name of the rule"),
    SEVERITY(Type.STRING, "how urgent it is"),
    FINGERPRINT(Type.STRING, "the same for the same rule and labels, whenever it fires"),
    LABELS(Type.STRING, "labels of the alert"),
    RUNBOOK(Type.STRING, "page that says what to do"),
    GPU_UUID(Type.STRING, "the card, by the name that never changes"),
    GPU_HEALTH(Type.STRING, "how it is now"),
    PREVIOUS_GPU_HEALTH(Type.STRING, "how it was"),
    GPU_REASONS(Type.STRING, "what is wrong with it, worst first"),
    REQUEST_IDS(Type.STRING, "requests that a GPU was working for, at most 100 of them"),
    XID(Type.INTEGER, "the driver's number of an error"),
    EXCEPTION_MESSAGE(Type.STRING, "what it says"),
    STACK_TRACE(Type.STRING, "where it came from");

    /** JSON type of a field's value. */
    public enum Type {
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN
    }

    private final Type type;
    private final String meaning;
    private final String key = name().toLowerCase(Locale.ROOT);

    LogField(Type type, String meaning) {
        this.type = type;
        this.meaning = meaning;
    }

    /** As the line writes it: {@code request_id}. */
    public String key() {
        return key;
    }

    public Type type() {
        return type;
    }

    public String meaning() {
        return meaning;
    }

    /** The values it may have; empty if there is no list of them. */
    public List<String> allowedValues() {
        return switch (this) {
            case LEVEL ->
                labels(LogLevel.class, LogLevel::name).stream()
                        .filter(level -> !level.equals(LogLevel.OFF.name()))
                        .toList();
            case CATEGORY, CHANGED_CATEGORY -> LogCategory.labels();
            case EVENT, REPEATED_EVENT -> labels(EventName.class, EventName::label);
            case ROUTE -> labels(Route.class, Route::template);
            case OUTCOME -> labels(Outcome.class, Outcome::label);
            case ERROR_TYPE -> labels(ErrorType.class, ErrorType::label);
            case FINISH_REASON ->
                labels(FinishReason.class, reason -> reason.name().toLowerCase(Locale.ROOT));
            case GPU_HEALTH, PREVIOUS_GPU_HEALTH ->
                labels(HealthState.class, state -> state.name().toLowerCase(Locale.ROOT));
            case PREVIOUS_LEVEL, CHANGED_LEVEL -> LogLevel.labels();
            default -> List.of();
        };
    }

    private static <E extends Enum<E>> List<String> labels(Class<E> type, Function<E, String> label) {
        return Arrays.stream(type.getEnumConstants()).map(label).toList();
    }
}
