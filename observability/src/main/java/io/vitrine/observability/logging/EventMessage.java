package io.vitrine.observability.logging;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.message.AsynchronouslyFormattable;
import org.apache.logging.log4j.message.MapMessage;
import org.apache.logging.log4j.util.ReadOnlyStringMap;

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

    EventMessage(EventName event) {
        set(LogField.CATEGORY, event.category());
        set(LogField.EVENT, event.label());
    }

    EventMessage set(LogField field, String value) {
        return with(field.key(), value);
    }

    EventMessage set(LogField field, long value) {
        return with(field.key(), value);
    }

    EventMessage set(LogField field, boolean value) {
        return with(field.key(), value);
    }

    EventMessage set(LogField field, Optional<String> value) {
        value.ifPresent(text -> set(field, text));
        return this;
    }

    /** In milliseconds, with all the digits that there are: line, meter and span agree to the nanosecond. */
    EventMessage setMillis(LogField field, long nanos) {
        return with(field.key(), BigDecimal.valueOf(nanos, NANOS_TO_MILLIS_DIGITS));
    }

    EventMessage set(Throwable thrown) {
        set(LogField.EXCEPTION_TYPE, thrown.getClass().getName());
        return set(LogField.EXCEPTION_MESSAGE, Optional.ofNullable(thrown.getMessage()));
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
        text.append(values.<Object>getValue(LogField.EVENT.key()));
        for (LogField field : LogField.values()) {
            if (shownToHumans(field) && values.containsKey(field.key())) {
                text.append(' ').append(field.key()).append('=');
                appendPrintable(text, forEyes(values.getValue(field.key())));
            }
        }
    }

    /** Microseconds are enough for eyes. */
    private static String forEyes(Object value) {
        return value instanceof BigDecimal millis
                ? millis.setScale(3, RoundingMode.HALF_UP).toPlainString()
                : value.toString();
    }

    private static boolean shownToHumans(LogField field) {
        return field != LogField.EVENT && field != LogField.CATEGORY && field != LogField.SERVICE;
    }

    /** Control characters escaped, so that no text from outside can move a terminal's cursor or fake a line. */
    private static void appendPrintable(StringBuilder text, String value) {
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (Character.isISOControl(character)) {
                text.append(String.format("\\u%04x", (int) character));
            } else {
                text.append(character);
            }
        }
    }
}
