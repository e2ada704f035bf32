package io.vitrine.server.archive;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vitrine.observability.LoggedEvent;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.store.telemetry.LogRow;

/** From a log event to its row. The message, which text search looks through, has the event's name and every field that is text. */
final class LogRows {

    private LogRows() {}

    static LogRow of(LoggedEvent event) {
        return new LogRow(
                event.atEpochNanos(),
                event.level().name(),
                event.event().category().label(),
                event.event().label(),
                message(event),
                event.text(LogField.TRACE_ID).orElse(null),
                event.text(LogField.SPAN_ID).orElse(null),
                event.text(LogField.TENANT_ID).orElse(null),
                event.text(LogField.REQUEST_ID).orElse(null),
                Json.object(attributes(event)));
    }

    private static String message(LoggedEvent event) {
        Stream<String> words = event.fields().entrySet().stream()
                .filter(field -> isSearched(field.getKey()))
                .map(field -> field.getKey().key() + "=" + field.getValue());
        return Stream.concat(Stream.of(event.event().label()), words).collect(Collectors.joining(" "));
    }

    private static Map<String, Object> attributes(LoggedEvent event) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        event.fields().forEach((field, value) -> {
            if (!hasColumn(field)) {
                attributes.put(field.key(), value);
            }
        });
        return attributes;
    }

    /** Ids have columns of their own, and a stack trace would find itself in every search. */
    private static boolean isSearched(LogField field) {
        return field.type() == LogField.Type.STRING
                && field != LogField.STACK_TRACE
                && (field == LogField.TENANT_ID || !hasColumn(field));
    }

    private static boolean hasColumn(LogField field) {
        return switch (field) {
            case TRACE_ID, SPAN_ID, TENANT_ID, REQUEST_ID -> true;
            default -> false;
        };
    }
}
