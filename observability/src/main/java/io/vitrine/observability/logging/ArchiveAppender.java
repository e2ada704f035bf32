package io.vitrine.observability.logging;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

import io.vitrine.observability.Archive;
import io.vitrine.observability.LoggedEvent;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.LogLevel;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.time.Instant;

/** Gives lines to an archive, as values. Stands behind a queue of its own, whose one thread calls it. */
final class ArchiveAppender extends AbstractAppender {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Archive archive;

    ArchiveAppender(String name, Archive archive) {
        super(name, null, null, true, Property.EMPTY_ARRAY);
        this.archive = archive;
    }

    @Override
    public void append(LogEvent event) {
        if (event.getMessage() instanceof EventMessage message) {
            archive.keep(logged(event, message));
        }
    }

    static LoggedEvent logged(LogEvent event, EventMessage message) {
        Instant at = event.getInstant();
        return new LoggedEvent(
                at.getEpochSecond() * NANOS_PER_SECOND + at.getNanoOfSecond(),
                LogLevel.valueOf(event.getLevel().name()),
                message.event(),
                fields(message));
    }

    private static Map<LogField, Object> fields(EventMessage message) {
        Map<LogField, Object> fields = new EnumMap<>(LogField.class);
        for (LogField field : message.event().allowedFields()) {
            Object value = isSaidElsewhere(field) ? null : message.value(field);
            if (value != null) {
                fields.put(field, value);
            }
        }
        return Collections.unmodifiableMap(fields);
    }

    private static boolean isSaidElsewhere(LogField field) {
        return switch (field) {
            case TIMESTAMP, LEVEL, SERVICE, CATEGORY, EVENT -> true;
            default -> false;
        };
    }
}
