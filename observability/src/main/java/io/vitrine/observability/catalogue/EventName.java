package io.vitrine.observability.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

import static io.vitrine.observability.catalogue.LogField.ACTOR;
import static io.vitrine.observability.catalogue.LogField.ALERT;
import static io.vitrine.observability.catalogue.LogField.API_PORT;
import static io.vitrine.observability.catalogue.LogField.BATCH_SIZE;
import static io.vitrine.observability.catalogue.LogField.CACHED;
import static io.vitrine.observability.catalogue.LogField.CACHED_TOKENS;
import static io.vitrine.observability.catalogue.LogField.CATEGORY;
import static io.vitrine.observability.catalogue.LogField.CHANGED_CATEGORY;
import static io.vitrine.observability.catalogue.LogField.CHANGED_LEVEL;
import static io.vitrine.observability.catalogue.LogField.CHOICES;
import static io.vitrine.observability.catalogue.LogField.CLEAN;
import static io.vitrine.observability.catalogue.LogField.COST;
import static io.vitrine.observability.catalogue.LogField.CURRENCY;
import static io.vitrine.observability.catalogue.LogField.DURATION_MS;
import static io.vitrine.observability.catalogue.LogField.ERROR_TYPE;
import static io.vitrine.observability.catalogue.LogField.EVENT;
import static io.vitrine.observability.catalogue.LogField.EXCEPTION_MESSAGE;
import static io.vitrine.observability.catalogue.LogField.EXCEPTION_TYPE;
import static io.vitrine.observability.catalogue.LogField.FINGERPRINT;
import static io.vitrine.observability.catalogue.LogField.FINISH_REASON;
import static io.vitrine.observability.catalogue.LogField.GPU_HEALTH;
import static io.vitrine.observability.catalogue.LogField.GPU_ID;
import static io.vitrine.observability.catalogue.LogField.GPU_REASONS;
import static io.vitrine.observability.catalogue.LogField.GPU_UUID;
import static io.vitrine.observability.catalogue.LogField.GRACE_MS;
import static io.vitrine.observability.catalogue.LogField.INFRASTRUCTURE_COST;
import static io.vitrine.observability.catalogue.LogField.INPUT_TOKENS;
import static io.vitrine.observability.catalogue.LogField.INTERVAL_MS;
import static io.vitrine.observability.catalogue.LogField.LABELS;
import static io.vitrine.observability.catalogue.LogField.LEFT_OUT;
import static io.vitrine.observability.catalogue.LogField.LEVEL;
import static io.vitrine.observability.catalogue.LogField.LOGGER;
import static io.vitrine.observability.catalogue.LogField.MANAGEMENT_PORT;
import static io.vitrine.observability.catalogue.LogField.MESSAGE;
import static io.vitrine.observability.catalogue.LogField.MODEL_NAME;
import static io.vitrine.observability.catalogue.LogField.OUTCOME;
import static io.vitrine.observability.catalogue.LogField.OUTPUT_TOKENS;
import static io.vitrine.observability.catalogue.LogField.PREVIOUS_GPU_HEALTH;
import static io.vitrine.observability.catalogue.LogField.PREVIOUS_LEVEL;
import static io.vitrine.observability.catalogue.LogField.QUEUE_TIME_MS;
import static io.vitrine.observability.catalogue.LogField.RATED_REQUEST_ID;
import static io.vitrine.observability.catalogue.LogField.RATED_TRACE_ID;
import static io.vitrine.observability.catalogue.LogField.REPEATED_EVENT;
import static io.vitrine.observability.catalogue.LogField.REQUEST_ID;
import static io.vitrine.observability.catalogue.LogField.REQUEST_IDS;
import static io.vitrine.observability.catalogue.LogField.ROUTE;
import static io.vitrine.observability.catalogue.LogField.RUNBOOK;
import static io.vitrine.observability.catalogue.LogField.RUNNING;
import static io.vitrine.observability.catalogue.LogField.SCOPE;
import static io.vitrine.observability.catalogue.LogField.SCORE;
import static io.vitrine.observability.catalogue.LogField.SERVICE;
import static io.vitrine.observability.catalogue.LogField.SEVERITY;
import static io.vitrine.observability.catalogue.LogField.SPAN_ID;
import static io.vitrine.observability.catalogue.LogField.STACK_TRACE;
import static io.vitrine.observability.catalogue.LogField.STATUS;
import static io.vitrine.observability.catalogue.LogField.STREAMED;
import static io.vitrine.observability.catalogue.LogField.SUBJECT;
import static io.vitrine.observability.catalogue.LogField.TENANT_ID;
import static io.vitrine.observability.catalogue.LogField.TIMESTAMP;
import static io.vitrine.observability.catalogue.LogField.TRACE_ID;
import static io.vitrine.observability.catalogue.LogField.TTFT_MS;
import static io.vitrine.observability.catalogue.LogField.WAITING;
import static io.vitrine.observability.catalogue.LogField.XID;

/**
 * What a log line can be about, and which fields such a line has.
 *
 * <p>The story of one request, in order: {@link #REQUEST_RECEIVED}, {@link #AUTH_SUCCEEDED}, {@link #INFERENCE_STARTED},
 * {@link #INFERENCE_COMPLETED}, {@link #REQUEST_COMPLETED}; or up to where it was refused, and then the last.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists cannot be changed
public enum EventName {
    /** A request's head has arrived. */
    REQUEST_RECEIVED(LogCategory.RESPONSE, Repeats.KEPT, of(REQUEST_ID, ROUTE), of(TENANT_ID, TRACE_ID, SPAN_ID)),
    /** A request is over, whatever its end: one line a request, and the only one of this name. */
    REQUEST_COMPLETED(
            LogCategory.RESPONSE,
            Repeats.KEPT,
            of(REQUEST_ID, ROUTE, OUTCOME, STATUS, STREAMED, DURATION_MS),
            of(
                    TENANT_ID,
                    TRACE_ID,
                    SPAN_ID,
                    MODEL_NAME,
                    QUEUE_TIME_MS,
                    TTFT_MS,
                    INPUT_TOKENS,
                    OUTPUT_TOKENS,
                    CACHED_TOKENS,
                    CACHED,
                    COST,
                    INFRASTRUCTURE_COST,
                    CURRENCY,
                    GPU_ID,
                    BATCH_SIZE,
                    CHOICES,
                    FINISH_REASON,
                    ERROR_TYPE)),
    /** Somebody has said what they think of an answer. */
    FEEDBACK_GIVEN(
            LogCategory.AUDIT,
            Repeats.KEPT,
            of(REQUEST_ID, TENANT_ID, ROUTE, MODEL_NAME, RATED_REQUEST_ID, SCORE),
            of(TRACE_ID, SPAN_ID, RATED_TRACE_ID)),
    /** A key was given, and it is known. */
    AUTH_SUCCEEDED(LogCategory.AUTH, Repeats.KEPT, of(REQUEST_ID, TENANT_ID, ROUTE), of(TRACE_ID, SPAN_ID)),
    /** No key was given or none that is good, or what was asked for is not allowed. */
    AUTH_FAILED(LogCategory.AUTH, Repeats.SAMPLED, of(REQUEST_ID, ROUTE, ERROR_TYPE), of(TENANT_ID, TRACE_ID, SPAN_ID)),
    /** Somebody asked the management port for more than the key is good for, or had none. */
    OPERATOR_REFUSED(LogCategory.AUTH, Repeats.SAMPLED, of(SCOPE, ERROR_TYPE), of()),
    /** A tenant asked more often than it may; the error type says what of. */
    RATE_LIMIT_EXCEEDED(
            LogCategory.RATE_LIMIT,
            Repeats.SAMPLED,
            of(REQUEST_ID, TENANT_ID, ROUTE, ERROR_TYPE),
            of(TRACE_ID, SPAN_ID)),
    /** A tenant's budget is spent. */
    BUDGET_EXCEEDED(
            LogCategory.RATE_LIMIT,
            Repeats.SAMPLED,
            of(REQUEST_ID, TENANT_ID, ROUTE, ERROR_TYPE),
            of(TRACE_ID, SPAN_ID)),
    /** As many requests wait as may. */
    QUEUE_FULL(
            LogCategory.RATE_LIMIT,
            Repeats.SAMPLED,
            of(REQUEST_ID, TENANT_ID, ROUTE, MODEL_NAME, ERROR_TYPE),
            of(TRACE_ID, SPAN_ID)),
    /** The first of a request's sequences has a slot. */
    INFERENCE_STARTED(
            LogCategory.INFERENCE,
            Repeats.KEPT,
            of(REQUEST_ID, TENANT_ID, ROUTE, MODEL_NAME, QUEUE_TIME_MS, BATCH_SIZE),
            of(TRACE_ID, SPAN_ID, GPU_ID)),
    /** The last of a request's sequences has ended. */
    INFERENCE_COMPLETED(
            LogCategory.INFERENCE,
            Repeats.KEPT,
            of(
                    REQUEST_ID,
                    TENANT_ID,
                    ROUTE,
                    MODEL_NAME,
                    DURATION_MS,
                    INPUT_TOKENS,
                    OUTPUT_TOKENS,
                    CACHED_TOKENS,
                    CACHED,
                    CHOICES,
                    FINISH_REASON),
            of(TRACE_ID, SPAN_ID, GPU_ID, TTFT_MS)),
    /** A model is in memory. */
    MODEL_LOADED(LogCategory.MODEL, Repeats.KEPT, of(MODEL_NAME, DURATION_MS), of()),
    /** A model could not be loaded. */
    MODEL_LOAD_FAILED(
            LogCategory.MODEL, Repeats.SAMPLED, of(MODEL_NAME, EXCEPTION_TYPE, STACK_TRACE), of(EXCEPTION_MESSAGE)),
    /** A token can be served. */
    SERVER_STARTED(LogCategory.AUDIT, Repeats.KEPT, of(API_PORT, MANAGEMENT_PORT, DURATION_MS), of()),
    /** New work is refused. */
    SERVER_STOPPING(LogCategory.AUDIT, Repeats.KEPT, of(GRACE_MS, RUNNING, WAITING), of()),
    /** Everything has ended. */
    SERVER_STOPPED(LogCategory.AUDIT, Repeats.KEPT, of(DURATION_MS, CLEAN), of()),
    /** New connections get another certificate. */
    CERTIFICATE_RELOADED(LogCategory.AUDIT, Repeats.KEPT, of(MESSAGE), of()),
    /** An operator has changed how much of a category is written. */
    LOG_LEVEL_CHANGED(LogCategory.AUDIT, Repeats.KEPT, of(CHANGED_CATEGORY, PREVIOUS_LEVEL, CHANGED_LEVEL), of()),
    /** There is a tenant more. */
    TENANT_ADDED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** Another policy holds for a tenant. */
    TENANT_CHANGED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** A tenant is no more. */
    TENANT_REMOVED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** There is an API key more. */
    KEY_CREATED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** An API key is not good any more. */
    KEY_REVOKED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** An incident was opened, by an alert or by hand. */
    INCIDENT_OPENED(LogCategory.ALERT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** An incident has moved on in its workflow. */
    INCIDENT_STATE_CHANGED(LogCategory.ALERT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** Something was added to an incident: an acknowledgement, a commander, a note, evidence, an action item. */
    INCIDENT_UPDATED(LogCategory.ALERT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** A fault of the server; what its cause says is left out, since it may quote a request. */
    FAULT(LogCategory.ALERT, Repeats.SAMPLED, of(LOGGER, EXCEPTION_TYPE, STACK_TRACE), of()),
    /** A warning or error that a library logged; what its exception says is left out, since it may quote a request. */
    LIBRARY_MESSAGE(LogCategory.ALERT, Repeats.SAMPLED, of(LOGGER, MESSAGE), of(EXCEPTION_TYPE, STACK_TRACE)),
    /** The condition of an alert holds, not yet for long enough. */
    ALERT_PENDING(LogCategory.ALERT, Repeats.KEPT, of(ALERT, SEVERITY, FINGERPRINT, LABELS, MESSAGE, RUNBOOK), of()),
    /** An alert fires. */
    ALERT_FIRING(LogCategory.ALERT, Repeats.KEPT, of(ALERT, SEVERITY, FINGERPRINT, LABELS, MESSAGE, RUNBOOK), of()),
    /** An alert that fired is over. */
    ALERT_RESOLVED(LogCategory.ALERT, Repeats.KEPT, of(ALERT, SEVERITY, FINGERPRINT, LABELS, MESSAGE, RUNBOOK), of()),
    /** The condition of an alert held, but not for long enough. */
    ALERT_CANCELLED(LogCategory.ALERT, Repeats.KEPT, of(ALERT, SEVERITY, FINGERPRINT, LABELS, MESSAGE, RUNBOOK), of()),
    /** An operator has silenced alerts. */
    SILENCE_ADDED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** An operator has ended a silence. */
    SILENCE_EXPIRED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** An operator has switched parts of telemetry on or off. */
    TELEMETRY_SWITCHED(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** An operator had the stacks of threads sampled for some seconds. */
    PROFILE_TAKEN(LogCategory.AUDIT, Repeats.KEPT, of(ACTOR, SUBJECT, MESSAGE), of()),
    /** How a GPU is has changed, or why. */
    GPU_HEALTH_CHANGED(
            LogCategory.GPU, Repeats.KEPT, of(GPU_UUID, PREVIOUS_GPU_HEALTH, GPU_HEALTH), of(GPU_REASONS, REQUEST_IDS)),
    /** The driver has reported something of a GPU. */
    GPU_EVENT(LogCategory.GPU, Repeats.SAMPLED, of(GPU_UUID, MESSAGE), of(XID)),
    /** The driver does not answer. */
    GPU_DRIVER_UNRESPONSIVE(LogCategory.GPU, Repeats.KEPT, of(MESSAGE), of()),
    /** It answers again, after so long. */
    GPU_DRIVER_BACK(LogCategory.GPU, Repeats.KEPT, of(DURATION_MS), of()),
    /** How reading GPUs goes: told at the start, and when it changes. */
    GPU_COLLECTOR(LogCategory.GPU, Repeats.KEPT, of(MESSAGE), of()),
    /** Telemetry cannot be kept any more; requests are served all the same. */
    STORE_FAILED(LogCategory.ALERT, Repeats.KEPT, of(MESSAGE), of()),
    /** It is kept again, after so long. */
    STORE_RECOVERED(LogCategory.ALERT, Repeats.KEPT, of(DURATION_MS, MESSAGE), of()),
    /** A damaged file of the store was renamed. */
    STORE_FILE_SET_ASIDE(LogCategory.ALERT, Repeats.KEPT, of(MESSAGE), of()),
    /** Retention has deleted a file. */
    STORE_FILE_DELETED(LogCategory.AUDIT, Repeats.KEPT, of(MESSAGE), of()),
    /** A collector does not take what is exported to it; what is lost is counted, and not logged for each batch. */
    COLLECTOR_FAILED(LogCategory.AUDIT, Repeats.KEPT, of(LOGGER, MESSAGE), of()),
    /** It does again, after so long. */
    COLLECTOR_RECOVERED(LogCategory.AUDIT, Repeats.KEPT, of(LOGGER, DURATION_MS, MESSAGE), of()),
    /** A collector has taken a batch without some of its items; logged the first time. */
    COLLECTOR_REJECTED(LogCategory.AUDIT, Repeats.KEPT, of(LOGGER, MESSAGE), of()),
    /** Delivery of a notification is given up. */
    NOTIFICATION_DEAD(LogCategory.ALERT, Repeats.KEPT, of(MESSAGE), of()),
    /** A receiver of notifications does not accept them; logged once, until it does. */
    RECEIVER_FAILED(LogCategory.ALERT, Repeats.KEPT, of(MESSAGE), of()),
    /** It does again, after so long. */
    RECEIVER_RECOVERED(LogCategory.ALERT, Repeats.KEPT, of(DURATION_MS, MESSAGE), of()),
    /** Lines that said the same as others were left out. */
    REPEATS_LEFT_OUT(
            LogCategory.AUDIT, Repeats.KEPT, of(REPEATED_EVENT, LEFT_OUT, INTERVAL_MS), of(ERROR_TYPE, LOGGER));

    /** Fields of every line. */
    public static final List<LogField> COMMON_FIELDS = of(TIMESTAMP, LEVEL, SERVICE, CATEGORY, EVENT);

    private enum Repeats {
        KEPT,
        SAMPLED
    }

    private final LogCategory category;
    private final Repeats repeats;
    private final List<LogField> required;
    private final List<LogField> optional;
    private final String label = name().toLowerCase(Locale.ROOT);

    EventName(LogCategory category, Repeats repeats, List<LogField> required, List<LogField> optional) {
        this.category = category;
        this.repeats = repeats;
        this.required = required;
        this.optional = optional;
    }

    private static List<LogField> of(LogField... fields) {
        return List.of(fields);
    }

    /** The part of the server the event belongs to. */
    public LogCategory category() {
        return category;
    }

    /**
     * Whether repeats may be left out, their number being logged instead. So it is for warnings that come in floods; never
     * for what tells a request's life, or what an operator did.
     */
    public boolean repeatsAreSampled() {
        return repeats == Repeats.SAMPLED;
    }

    /** Fields that each line of this event has, in the order of {@link LogField}. */
    public List<LogField> requiredFields() {
        return inOrder(field -> COMMON_FIELDS.contains(field) || required.contains(field));
    }

    /** Fields that a line of this event may have, the required ones included, in the order of {@link LogField}. */
    public List<LogField> allowedFields() {
        return inOrder(field -> COMMON_FIELDS.contains(field) || required.contains(field) || optional.contains(field));
    }

    private static List<LogField> inOrder(Predicate<LogField> chosen) {
        return Arrays.stream(LogField.values()).filter(chosen).toList();
    }

    /** As the line writes it: {@code request_completed}. */
    public String label() {
        return label;
    }
}
