package io.vitrine.observability.logging;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

import io.vitrine.model.terminal.ShownText;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.message.AsynchronouslyFormattable;
import org.apache.logging.log4j.message.MapMessage;
import org.apache.logging.log4j.util.ReadOnlyStringMap;
import org.jspecify.annotations.Nullable;

/**
 * One log line before it is text: typed values by field. The JSON layout writes numbers as numbers and leaves out fields
 * that were not set; as plain text it is {@code event key=value ...}, for eyes: printable, and times to the microsecond.
 *
 * <p>Not changed once it is logged, since another thread writes it.
 */
@AsynchronouslyFormattable
final class EventMessage extends MapMessage<EventMessage, Object> {

    private static final long serialVersionUID = 1L;

    private static final int NANOS_TO_MILLIS_DIGITS = 6;
    private static final int BILLIONTHS_DIGITS = 9;

    private final EventName event;
    private boolean ofKeptTrace;

    EventMessage(EventName event) {
        this.event = event;
        set(LogField.CATEGORY, event.category().label());
        set(LogField.EVENT, event.label());
    }

    EventName event() {
        return event;
    }

    EventMessage set(LogField field, String value) {
        return with(field.key(), value);
    }

    EventMessage set(LogField field, long value) {
        return with(field.key(), value);
    }

    EventMessage set(LogField field, double value) {
        return with(field.key(), value);
    }

    EventMessage set(LogField field, boolean value) {
        return with(field.key(), value);
    }

    EventMessage set(LogField field, Optional<String> value) {
        value.ifPresent(text -> set(field, text));
        return this;
    }

    /** The line's trace goes to the back-ends. */
    EventMessage setOfKeptTrace(boolean kept) {
        ofKeptTrace = kept;
        return this;
    }

    /** Whether the line's trace is known to go to the back-ends: it is decided when a request ends. */
    boolean ofKeptTrace() {
        return ofKeptTrace;
    }

    /** In milliseconds, with all the digits that there are: line, meter and span agree to the nanosecond. */
    EventMessage setMillis(LogField field, long nanos) {
        return with(field.key(), BigDecimal.valueOf(nanos, NANOS_TO_MILLIS_DIGITS));
    }

    /** An amount of money, to the last digit. */
    EventMessage setBillionths(LogField field, long billionths) {
        return with(field.key(), BigDecimal.valueOf(billionths, BILLIONTHS_DIGITS));
    }

    /** What was thrown and where, and what it says: for a cause that no request has a part in. */
    EventMessage setWithMessage(Throwable thrown) {
        set(LogField.EXCEPTION_TYPE, thrown.getClass().getName());
        set(LogField.EXCEPTION_MESSAGE, Optional.ofNullable(thrown.getMessage()));
        return set(LogField.STACK_TRACE, StackTraces.withMessages(thrown));
    }

    /** What was thrown and where. What it says stays out: it may quote what a client sent. */
    EventMessage setWithoutMessage(Throwable thrown) {
        set(LogField.EXCEPTION_TYPE, thrown.getClass().getName());
        return set(LogField.STACK_TRACE, StackTraces.withoutMessages(thrown));
    }

    /** The field's value: text, whole number, decimal or truth; null if it was not set. */
    @Nullable
    Object value(LogField field) {
        return getIndexedReadOnlyStringMap().getValue(field.key());
    }

    /** The same as text. */
    Optional<String> text(LogField field) {
        return Optional.ofNullable(value(field)).map(Object::toString);
    }

    @Override
    public String getFormattedMessage() {
        StringBuilder text = new StringBuilder();
        formatTo(text);
        return text.toString();
    }

    @Override
    public void formatTo(StringBuilder text) {
        ReadOnlyStringMap values = getIndexedReadOnlyStringMap();
        text.append(event.label());
        for (LogField field : LogField.values()) {
            if (shownToHumans(field) && values.containsKey(field.key())) {
                text.append(' ').append(field.key()).append('=');
                text.append(ShownText.escaped(forEyes(values.getValue(field.key()))));
            }
        }
        text(LogField.STACK_TRACE).ifPresent(trace -> text.append('\n').append(ShownText.escapedLines(trace)));
    }

    /** Microseconds are enough for eyes. */
    private static String forEyes(Object value) {
        return value instanceof BigDecimal millis
                ? millis.setScale(3, RoundingMode.HALF_UP).toPlainString()
                : value.toString();
    }

    /** The stack trace comes last, on lines of its own. */
    private static boolean shownToHumans(LogField field) {
        return switch (field) {
            case EVENT, CATEGORY, SERVICE, STACK_TRACE -> false;
            default -> true;
        };
    }
}
