package io.vitrine.observability;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.LogLevel;

/**
 * One line of the log before it was text.
 *
 * @param fields text, whole number, decimal or truth, in the order of {@link LogField}; without those that the other components say
 */
public record LoggedEvent(long atEpochNanos, LogLevel level, EventName event, Map<LogField, Object> fields) {

    private static final int NANOS_OF_MILLI_DIGITS = 6;

    /** When what the line is about began: a line with a duration is written at its end. */
    public long beganEpochNanos() {
        return fields.get(LogField.DURATION_MS) instanceof BigDecimal millis
                ? atEpochNanos - millis.scaleByPowerOfTen(NANOS_OF_MILLI_DIGITS).longValue()
                : atEpochNanos;
    }

    /** A field as text. */
    public Optional<String> text(LogField field) {
        return Optional.ofNullable(fields.get(field)).map(Object::toString);
    }
}
