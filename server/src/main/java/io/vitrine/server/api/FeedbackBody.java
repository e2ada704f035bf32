package io.vitrine.server.api;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.tenants.quality.Feedback;

/**
 * Body of {@code POST /v1/feedback}: {@code request_id}, either {@code thumbs} ("up" or "down") or {@code score} (0 to 1), and if
 * wanted {@code comment}.
 */
public final class FeedbackBody {

    private static final Set<String> FIELDS = Set.of("request_id", "thumbs", "score", "comment");
    private static final String THUMBS = "thumbs";
    private static final String SCORE = "score";

    private FeedbackBody() {}

    /**
     * What was said, at {@code at}.
     *
     * @throws ApiException if a field is missing, unknown or past its limit
     */
    public static Feedback parse(byte[] body, Instant at) {
        JsonFields fields = JsonFields.onlyOf(ApiJson.readObject(body), FIELDS);
        String requestId = fields.requiredText("request_id");
        Optional<String> comment = fields.value("comment").map(node -> JsonFields.text("comment", node));
        try {
            return new Feedback(requestId, score(fields), comment.orElse(null), at);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(comment.isPresent() ? "comment" : "request_id", String.valueOf(e.getMessage()));
        }
    }

    private static double score(JsonFields fields) {
        Optional<JsonNode> thumbs = fields.value(THUMBS);
        if (thumbs.isPresent() == fields.value(SCORE).isPresent()) {
            throw ApiException.invalid(SCORE, "give one of thumbs and score");
        }
        return thumbs.isPresent()
                ? thumbs(JsonFields.text(THUMBS, thumbs.get()))
                : JsonFields.number(SCORE, fields.required(SCORE), Interval.closed(0, 1));
    }

    private static double thumbs(String word) {
        return switch (word) {
            case "up" -> 1;
            case "down" -> 0;
            default -> throw ApiException.invalid(THUMBS, "thumbs must be up or down: " + JsonFields.cut(word));
        };
    }
}
