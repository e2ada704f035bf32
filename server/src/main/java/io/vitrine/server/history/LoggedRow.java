package io.vitrine.server.history;

import java.util.Optional;
import java.util.OptionalDouble;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.server.search.SearchKey;
import io.vitrine.server.search.SearchRow;
import io.vitrine.store.telemetry.LogRow;
import org.jspecify.annotations.Nullable;

/** A log event as a search sees it; its JSON is read once. */
public record LoggedRow(LogRow row, ObjectNode fields) implements SearchRow {

    public static LoggedRow of(LogRow row) {
        return new LoggedRow(row, Attributes.read(row.attributesJson()));
    }

    @Override
    public Optional<String> text(SearchKey key) {
        return switch (key) {
            case TENANT -> Optional.ofNullable(row.tenantId());
            case ID -> Optional.ofNullable(row.requestId());
            case TRACE -> Optional.ofNullable(row.traceId());
            case LEVEL -> Optional.of(row.level());
            case CATEGORY -> Optional.of(row.category());
            case EVENT -> Optional.of(row.event());
            default -> key.field().map(field -> fields.get(field.key())).map(JsonNode::asText);
        };
    }

    @Override
    public OptionalDouble number(SearchKey key) {
        if (key == SearchKey.TPOT) {
            @Nullable Double tpot = RequestRow.tpotMs(fields);
            return tpot == null ? OptionalDouble.empty() : OptionalDouble.of(tpot);
        }
        JsonNode value = key.field().map(field -> fields.get(field.key())).orElse(null);
        return value == null || !value.isNumber() ? OptionalDouble.empty() : OptionalDouble.of(value.asDouble());
    }

    @Override
    public String message() {
        return row.message();
    }
}
