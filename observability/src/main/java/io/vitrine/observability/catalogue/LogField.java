package io.vitrine.observability.catalogue;

import java.util.Locale;

/**
 * The fields of a log line. A field that is not known is absent, never null. {@code event-template.json} says where in the
 * line each stands.
 */
public enum LogField {
    TIMESTAMP(Type.STRING, "when the line was written, ISO 8601, UTC, milliseconds"),
    LEVEL(Type.STRING, "INFO, WARN or ERROR"),
    SERVICE(Type.STRING, "name of this server"),
    CATEGORY(Type.STRING, "the part of the server the event belongs to"),
    EVENT(Type.STRING, "what happened"),
    REQUEST_ID(Type.STRING, "as in the answer's x-request-id"),
    TENANT_ID(Type.STRING, "whose request it was"),
    TRACE_ID(Type.STRING, "of the request's trace"),
    SPAN_ID(Type.STRING, "of the request's root span"),
    MODEL_NAME(Type.STRING, "served name of the model"),
    ROUTE(Type.STRING, "path with names for parameters"),
    OUTCOME(Type.STRING, "how the request ended"),
    STATUS(Type.NUMBER, "HTTP status; 499 if the client left before there was one"),
    STREAMED(Type.BOOLEAN, "whether the answer went out as server-sent events"),
    DURATION_MS(Type.NUMBER, "how long it took, milliseconds to the nanosecond"),
    QUEUE_TIME_MS(Type.NUMBER, "from submission to the first slot"),
    TTFT_MS(Type.NUMBER, "from arrival to the first token"),
    INPUT_TOKENS(Type.NUMBER, "tokens of the prompts"),
    OUTPUT_TOKENS(Type.NUMBER, "tokens generated"),
    CACHED_TOKENS(Type.NUMBER, "of the input, those from the prefix cache"),
    CACHED(Type.BOOLEAN, "whether any of the input came from the prefix cache"),
    CHOICES(Type.NUMBER, "sequences generated"),
    FINISH_REASON(Type.STRING, "why the first choice ended"),
    ERROR_TYPE(Type.STRING, "why there was no answer"),
    API_PORT(Type.NUMBER, "port of the API"),
    MANAGEMENT_PORT(Type.NUMBER, "port of metrics and health"),
    GRACE_MS(Type.NUMBER, "how long running requests may go on"),
    RUNNING(Type.NUMBER, "sequences with a slot"),
    WAITING(Type.NUMBER, "sequences in the queue"),
    CLEAN(Type.BOOLEAN, "whether everything ended by itself"),
    LOGGER(Type.STRING, "the library's class, or the place in the server, that speaks"),
    MESSAGE(Type.STRING, "in words"),
    EXCEPTION_TYPE(Type.STRING, "class of the exception"),
    EXCEPTION_MESSAGE(Type.STRING, "what it says"),
    STACK_TRACE(Type.STRING, "where it came from");

    /** JSON type of a field's value. */
    public enum Type {
        STRING,
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
}
