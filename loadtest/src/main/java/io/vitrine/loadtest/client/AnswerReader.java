package io.vitrine.loadtest.client;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** Reads what counts of an answer or of one of its chunks, for chat and completions alike. */
final class AnswerReader {

    private static final JsonFactory JSON = new JsonFactory();
    /** A token count that is not given. */
    static final int UNKNOWN = -1;

    private AnswerReader() {}

    /**
     * A chunk, or a whole answer.
     *
     * @param text empty for none
     * @param reasoning whether it has reasoning text, which is no answer yet
     * @param completionTokens so far; {@link #UNKNOWN} if not given
     * @param cachedTokens {@link #UNKNOWN} if not given
     * @param error message of an error that came instead of an answer
     */
    record Chunk(
            String text,
            boolean reasoning,
            boolean hasChoices,
            boolean finished,
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            @Nullable String error) {

        boolean hasText() {
            return reasoning || !text.isEmpty();
        }
    }

    static Chunk read(byte[] json, int length) throws IOException {
        Fields fields = new Fields();
        try (JsonParser parser = JSON.createParser(json, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the answer is no JSON object");
            }
            readObject(parser, fields, "");
        }
        return new Chunk(
                fields.text.toString(),
                fields.reasoning,
                fields.hasChoices,
                fields.finished,
                fields.promptTokens,
                fields.cachedTokens,
                fields.completionTokens,
                fields.error);
    }

    private static final class Fields {
        private final StringBuilder text = new StringBuilder();
        private boolean reasoning;
        private boolean hasChoices;
        private boolean finished;
        private int promptTokens = UNKNOWN;
        private int cachedTokens = UNKNOWN;
        private int completionTokens = UNKNOWN;
        private @Nullable String error;
    }

    /** Goes into the objects that matter, by the name they have; skips all others. */
    private static void readObject(JsonParser parser, Fields fields, String within) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_ARRAY && name.equals("choices")) {
                readChoices(parser, fields);
            } else if (value == JsonToken.START_OBJECT && isRead(name)) {
                readObject(parser, fields, name);
            } else if (value.isStructStart()) {
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                readValue(parser, fields, within, name);
            }
        }
    }

    private static boolean isRead(String name) {
        return switch (name) {
            case "usage", "prompt_tokens_details", "delta", "message", "error" -> true;
            default -> false;
        };
    }

    private static void readChoices(JsonParser parser, Fields fields) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            fields.hasChoices = true;
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                readObject(parser, fields, "choice");
            }
        }
    }

    private static void readValue(JsonParser parser, Fields fields, String within, String name) throws IOException {
        switch (name) {
            case "content", "text" -> {
                if (!within.equals("error")) {
                    fields.text.append(parser.getText());
                }
            }
            case "reasoning_content", "reasoning" ->
                fields.reasoning |= !parser.getText().isEmpty();
            case "finish_reason" -> fields.finished = true;
            case "prompt_tokens" -> fields.promptTokens = parser.getIntValue();
            case "completion_tokens" -> fields.completionTokens = parser.getIntValue();
            case "cached_tokens" -> fields.cachedTokens = parser.getIntValue();
            case "message", "error" -> {
                if (within.equals("error") || within.isEmpty()) {
                    fields.error = parser.getText();
                }
            }
            default -> {
                // Ids, names and times of the answer are not needed.
            }
        }
    }
}
