package io.vitrine.server.history;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.store.telemetry.StepRow;
import org.jspecify.annotations.Nullable;

/**
 * A step of the engine.
 *
 * @param decisions of the scheduler: a request and a reason each
 */
@JsonInclude(Include.NON_NULL)
public record StepLine(
        String at,
        double durationMs,
        String phase,
        int batchSize,
        int prefillTokens,
        int decodeTokens,
        int waiting,
        double modelMs,
        double samplingMs,
        @Nullable Double attentionMs,
        @Nullable Double feedForwardMs,
        @Nullable Double headMs,
        long kvBytes,
        int draftedTokens,
        int acceptedTokens,
        int replayedTokens,
        int preempted,
        List<JsonNode> decisions) {

    public static StepLine of(StepRow row) {
        ObjectNode values = Attributes.read(row.attributesJson());
        return new StepLine(
                Moments.text(row.atEpochNanos()),
                Moments.millis(row.durationNanos()),
                row.phase(),
                row.batchSize(),
                values.path("prefill_tokens").asInt(),
                values.path("decode_tokens").asInt(),
                values.path("waiting").asInt(),
                Moments.millis(values.path("model_ns").asLong()),
                Moments.millis(values.path("sampling_ns").asLong()),
                millis(values, "attention_ns"),
                millis(values, "feed_forward_ns"),
                millis(values, "head_ns"),
                row.kvBytes(),
                values.path("drafted_tokens").asInt(),
                values.path("accepted_tokens").asInt(),
                values.path("replayed_tokens").asInt(),
                values.path("preempted").asInt(),
                Attributes.take(values, "decisions"));
    }

    private static @Nullable Double millis(ObjectNode values, String name) {
        return values.has(name) ? Moments.millis(values.path(name).asLong()) : null;
    }
}
