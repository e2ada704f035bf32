package io.vitrine.observability.logging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.LogLimits;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.otlp.Batches;
import io.vitrine.observability.otlp.CollectorLink;
import io.vitrine.observability.otlp.WireSize;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.jspecify.annotations.Nullable;

/**
 * Sends lines to a collector by OTLP: the event's name as such, the fields as attributes, trace and span as those of the
 * record, a library's message as the body.
 *
 * <p>Stands behind a queue of its own, whose one thread calls it, so it may wait. It sends when a batch is full, or has waited for more
 * for {@value #LINGER_MILLIS} ms. What the collector does not take within the time-out is counted and forgotten; it is in the file.
 */
final class OtlpAppender extends AbstractAppender {

    private static final String SCOPE = "io.vitrine";
    private static final String LOGGER = "otlp.";
    private static final long LINGER_MILLIS = 200;
    private static final int MAX_BATCH = 512;
    private static final int MAX_ATTRIBUTES = 64;
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);

    private final LogRecordExporter exporter;
    private final Duration timeout;
    private final SdkLoggerProvider provider;
    private final Logger logger;
    private final CollectorLink link;
    /** Taken by the queue's thread for as long as it sends; the stop does not wait for one that hangs. */
    private final ReentrantLock turn = new ReentrantLock();

    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor(work -> {
        // Its processor time counts as the log's.
        Thread thread = new Thread(work, "AsyncAppender-otlp");
        thread.setDaemon(true);
        return thread;
    });

    private List<LogRecordData> batch = new ArrayList<>();

    /**
     * Sends by {@code exporter}, which it closes.
     *
     * @param link learns how batches end
     * @param timeout longest wait for one batch
     * @param maxLength longer texts are cut
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the task ends with the thread
    OtlpAppender(
            String name,
            LogRecordExporter exporter,
            CollectorLink link,
            Resource resource,
            Duration timeout,
            int maxLength) {
        super(name, null, null, true, Property.EMPTY_ARRAY);
        this.exporter = exporter;
        this.link = link;
        this.timeout = timeout;
        provider = SdkLoggerProvider.builder()
                .setResource(resource)
                .setLogLimits(() -> LogLimits.builder()
                        .setMaxNumberOfAttributes(MAX_ATTRIBUTES)
                        .setMaxAttributeValueLength(maxLength)
                        .build())
                .addLogRecordProcessor((context, record) -> batch.add(record.toLogRecordData()))
                .build();
        logger = provider.get(SCOPE);
        sender.scheduleWithFixedDelay(this::sendWaiting, LINGER_MILLIS, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sendWaiting() {
        turn.lock();
        try {
            send(timeout);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void append(LogEvent event) {
        turn.lock();
        try {
            if (event.getMessage() instanceof EventMessage message && !isOfThisExport(message)) {
                emit(event, message);
            }
            if (batch.size() >= MAX_BATCH) {
                send(timeout);
            }
        } finally {
            turn.unlock();
        }
    }

    /** That a line could not be sent is a line as well: sent itself, it would never end. */
    private static boolean isOfThisExport(EventMessage message) {
        return message.text(LogField.LOGGER)
                .filter(loggerOf(Signal.LOGS)::equals)
                .isPresent();
    }

    /** The place that speaks of exports. */
    static String loggerOf(Signal signal) {
        return LOGGER + signal.label();
    }

    private void emit(LogEvent event, EventMessage message) {
        LogRecordBuilder line = logger.logRecordBuilder()
                .setTimestamp(event.getTimeMillis(), TimeUnit.MILLISECONDS)
                .setContext(context(message))
                .setSeverity(severity(event))
                .setSeverityText(event.getLevel().name())
                .setEventName(message.event().label());
        message.text(LogField.MESSAGE).ifPresent(line::setBody);
        for (LogField field : message.event().allowedFields()) {
            if (isAttribute(field)) {
                attribute(line, field, message.value(field));
            }
        }
        line.emit();
    }

    /** The others have a place of their own in a record. */
    private static boolean isAttribute(LogField field) {
        return switch (field) {
            case TIMESTAMP, LEVEL, SERVICE, EVENT, TRACE_ID, SPAN_ID, MESSAGE -> false;
            default -> true;
        };
    }

    /** Of every type that a line's field can have. */
    private static void attribute(LogRecordBuilder line, LogField field, @Nullable Object value) {
        if (value == null) {
            return;
        }
        switch (field.type()) {
            case STRING -> line.setAttribute(AttributeKey.stringKey(field.key()), (String) value);
            case BOOLEAN -> line.setAttribute(AttributeKey.booleanKey(field.key()), (Boolean) value);
            case INTEGER -> line.setAttribute(AttributeKey.longKey(field.key()), ((Number) value).longValue());
            case NUMBER -> line.setAttribute(AttributeKey.doubleKey(field.key()), ((Number) value).doubleValue());
        }
    }

    /** The flag of a sampled trace only where it is known to be kept: a back-end looks for the others in vain. */
    private static Context context(EventMessage message) {
        String traceId = message.text(LogField.TRACE_ID).orElse("");
        String spanId = message.text(LogField.SPAN_ID).orElse("");
        TraceFlags flags = message.ofKeptTrace() ? TraceFlags.getSampled() : TraceFlags.getDefault();
        return Context.root().with(Span.wrap(SpanContext.create(traceId, spanId, flags, TraceState.getDefault())));
    }

    private static Severity severity(LogEvent event) {
        return switch (event.getLevel().getStandardLevel()) {
            case TRACE, ALL -> Severity.TRACE;
            case DEBUG -> Severity.DEBUG;
            case INFO -> Severity.INFO;
            case WARN -> Severity.WARN;
            case ERROR -> Severity.ERROR;
            case FATAL, OFF -> Severity.FATAL;
        };
    }

    private void send(Duration wait) {
        List<LogRecordData> sending = batch;
        batch = new ArrayList<>();
        Batches<LogRecordData> parts = Batches.of(sending, WireSize::of);
        if (!parts.tooLarge().isEmpty()) {
            link.ended(false, parts.tooLarge().size());
        }
        parts.batches().forEach(part -> link.ended(taken(part, wait.toMillis()), part.size()));
    }

    private boolean taken(List<LogRecordData> part, long waitMillis) {
        CompletableResultCode call = exporter.export(part);
        call.join(waitMillis, TimeUnit.MILLISECONDS);
        // A queue that is full when it stops interrupts its thread, once; what is under way may still arrive.
        if (Thread.interrupted()) {
            call.join(waitMillis, TimeUnit.MILLISECONDS);
        }
        return call.isSuccess();
    }

    /** Sends the lines that wait. */
    @Override
    public boolean stop(long time, TimeUnit unit) {
        sender.shutdown();
        if (turn.tryLock()) {
            try {
                send(timeout.compareTo(LAST_WAIT) < 0 ? timeout : LAST_WAIT);
            } finally {
                turn.unlock();
            }
        }
        boolean stopped = super.stop(time, unit);
        provider.close();
        exporter.close();
        return stopped;
    }
}
