package io.vitrine.server.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.store.telemetry.LogRow;
import org.jspecify.annotations.Nullable;

/**
 * A request that has ended, by its last log event, which every request has.
 *
 * @param at when it ended
 * @param tpotMs mean time per output token after the first
 */
@JsonInclude(Include.NON_NULL)
public record RequestRow(
        String at,
        String start,
        @Nullable String requestId,
        @Nullable String tenantId,
        @Nullable String traceId,
        @Nullable String model,
        @Nullable String route,
        @Nullable String outcome,
        @Nullable Integer status,
        @Nullable Boolean streamed,
        double durationMs,
        @Nullable Double queueMs,
        @Nullable Double ttftMs,
        @Nullable Double tpotMs,
        @Nullable Long inputTokens,
        @Nullable Long outputTokens,
        @Nullable Long cachedTokens,
        @Nullable Integer batchSize,
        @Nullable Integer choices,
        @Nullable String finishReason,
        @Nullable String errorType,
        @Nullable Double cost,
        @Nullable Double infrastructureCost,
        @Nullable String currency) {

    /** From a {@code request_completed} event. */
    public static RequestRow of(LogRow row) {
        return of(row, Attributes.read(row.attributesJson()));
    }

    static RequestRow of(LogRow row, ObjectNode fields) {
        double duration = Attributes.number(fields, LogField.DURATION_MS);
        return new RequestRow(
                Moments.text(row.atEpochNanos()),
                Moments.text(row.atEpochNanos() - Math.round(duration * 1e6)),
                row.requestId(),
                row.tenantId(),
                row.traceId(),
                Attributes.text(fields, LogField.MODEL_NAME),
                Attributes.text(fields, LogField.ROUTE),
                Attributes.text(fields, LogField.OUTCOME),
                whole(fields, LogField.STATUS),
                fields.has(LogField.STREAMED.key())
                        ? fields.get(LogField.STREAMED.key()).asBoolean()
                        : null,
                duration,
                real(fields, LogField.QUEUE_TIME_MS),
                real(fields, LogField.TTFT_MS),
                tpotMs(fields),
                count(fields, LogField.INPUT_TOKENS),
                count(fields, LogField.OUTPUT_TOKENS),
                count(fields, LogField.CACHED_TOKENS),
                whole(fields, LogField.BATCH_SIZE),
                whole(fields, LogField.CHOICES),
                Attributes.text(fields, LogField.FINISH_REASON),
                Attributes.text(fields, LogField.ERROR_TYPE),
                real(fields, LogField.COST),
                real(fields, LogField.INFRASTRUCTURE_COST),
                Attributes.text(fields, LogField.CURRENCY));
    }

    /** Null with one token or none: then nothing follows the first. Of several choices the tokens come beside each other. */
    static @Nullable Double tpotMs(ObjectNode fields) {
        long tokens = fields.path(LogField.OUTPUT_TOKENS.key()).asLong();
        long choices = Math.max(1, fields.path(LogField.CHOICES.key()).asLong());
        double perChoice = (double) tokens / choices;
        JsonNode firstToken = fields.get(LogField.TTFT_MS.key());
        return firstToken == null || perChoice <= 1
                ? null
                : (Attributes.number(fields, LogField.DURATION_MS) - firstToken.asDouble()) / (perChoice - 1);
    }

    private static @Nullable Integer whole(ObjectNode fields, LogField field) {
        JsonNode value = fields.get(field.key());
        return value == null ? null : value.asInt();
    }

    private static @Nullable Long count(ObjectNode fields, LogField field) {
        JsonNode value = fields.get(field.key());
        return value == null ? null : value.asLong();
    }

    private static @Nullable Double real(ObjectNode fields, LogField field) {
        JsonNode value = fields.get(field.key());
        return value == null ? null : value.asDouble();
    }
}
