package io.vitrine.server.api;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.api.GenerationOptions.Stops;
import io.vitrine.server.config.ServerConfig.RequestLimits;

/** Reads what chat and plain completions have in common. */
final class OptionsReader {

    static final int MAX_TOP_LOGPROBS = 20;

    private static final String MAX_TOKENS = "max_tokens";
    /** Counts where both are given. */
    private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    private static final Pattern TOKEN_ID = Pattern.compile("0|[1-9][0-9]{0,9}");

    private static final Interval TEMPERATURE = Interval.closed(0, 2);
    private static final Interval TOP_P = Interval.above(0, 1);
    private static final Interval MIN_P = Interval.closed(0, 1);
    private static final Interval PENALTY = Interval.closed(-2, 2);
    /** Logits are divided by it: a smaller one would make them infinite. */
    private static final Interval REPETITION_PENALTY = Interval.closed(0.001, 10);

    private static final Interval BIAS = Interval.closed(-100, 100);

    private final JsonFields fields;
    private final RequestLimits limits;

    OptionsReader(JsonFields fields, RequestLimits limits) {
        this.fields = fields;
        this.limits = limits;
    }

    GenerationOptions read(OptionalInt topLogprobs) {
        checkUser();
        OptionalInt maxTokens = maxTokens();
        return new GenerationOptions(
                maxTokens,
                fields.value(MAX_COMPLETION_TOKENS).isPresent() ? MAX_COMPLETION_TOKENS : MAX_TOKENS,
                fields.integer("n", 1, limits.maxChoices()).orElse(1),
                fields.number("temperature", 1, TEMPERATURE),
                fields.number("top_p", 1, TOP_P),
                topK(),
                fields.number("min_p", 0, MIN_P),
                fields.number("repetition_penalty", 1, REPETITION_PENALTY),
                fields.number("presence_penalty", 0, PENALTY),
                fields.number("frequency_penalty", 0, PENALTY),
                logitBias(),
                fields.longInteger("seed"),
                stops(),
                minTokens(maxTokens),
                fields.flag("ignore_eos"),
                ConstraintReader.read(fields, limits.maxChoiceTexts()),
                topLogprobs,
                stream());
    }

    /** Names the client's own user: nothing here needs it, but a wrong type is a mistake to tell. */
    private void checkUser() {
        fields.value("user").ifPresent(user -> JsonFields.text("user", user));
    }

    private OptionalInt maxTokens() {
        OptionalInt old = fields.integer(MAX_TOKENS, 1, limits.maxTokensPerRequest());
        OptionalInt current = fields.integer(MAX_COMPLETION_TOKENS, 1, limits.maxTokensPerRequest());
        return current.isPresent() ? current : old;
    }

    /** Some clients write -1 for all tokens. */
    private int topK() {
        return Math.max(0, fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0));
    }

    private StreamOptions stream() {
        if (fields.flag("stream")) {
            return fields.object("stream_options")
                    .map(OptionsReader::streamOptions)
                    .orElse(new StreamOptions(true, false, false));
        }
        if (fields.value("stream_options").isPresent()) {
            throw ApiException.invalid("stream_options", "stream_options must only be given when stream is true");
        }
        return StreamOptions.OFF;
    }

    private static StreamOptions streamOptions(JsonFields options) {
        boolean usage = options.flag("include_usage");
        boolean continuous = options.flag("continuous_usage_stats");
        return new StreamOptions(true, usage, usage && continuous);
    }

    private int minTokens(OptionalInt maxTokens) {
        int least =
                fields.integer("min_tokens", 0, limits.maxTokensPerRequest()).orElse(0);
        if (maxTokens.isPresent() && least > maxTokens.getAsInt()) {
            throw ApiException.invalid(
                    "min_tokens", "min_tokens must not be above max_tokens, " + maxTokens.getAsInt() + ": " + least);
        }
        return least;
    }

    private Stops stops() {
        return new Stops(stop(), stopTokenIds(), fields.flag("include_stop_str_in_output"));
    }

    private Set<Integer> stopTokenIds() {
        JsonNode given = fields.value("stop_token_ids").orElse(null);
        if (given == null) {
            return Set.of();
        }
        if (!given.isArray()) {
            throw JsonFields.wrong("stop_token_ids", "a list of token ids", given);
        }
        JsonFields.requireAtMost("stop_token_ids", given.size(), limits.maxStopStrings());
        Set<Integer> ids = new LinkedHashSet<>();
        for (int index = 0; index < given.size(); index++) {
            ids.add((int) JsonFields.whole(
                    "stop_token_ids[" + index + "]",
                    given.get(index),
                    0,
                    Integer.MAX_VALUE,
                    "a token id, a whole number from 0"));
        }
        return ids;
    }

    private List<String> stop() {
        List<String> stop = fields.textOrTexts("stop", limits.maxStopStrings());
        for (String text : stop) {
            if (text.isEmpty() || text.length() > limits.maxStopLength()) {
                throw ApiException.invalid(
                        "stop",
                        "a stop string must have between 1 and " + limits.maxStopLength() + " characters: "
                                + text.length());
            }
        }
        return stop;
    }

    private Map<Integer, Double> logitBias() {
        JsonNode given = fields.value("logit_bias").orElse(null);
        if (given == null) {
            return Map.of();
        }
        if (!given.isObject()) {
            throw JsonFields.wrong("logit_bias", "an object of token ids and numbers", given);
        }
        JsonFields.requireAtMost("logit_bias", given.size(), limits.maxLogitBias());
        Map<Integer, Double> bias = new LinkedHashMap<>();
        given.properties().forEach(entry -> bias.put(tokenId(entry.getKey()), bias(entry)));
        return bias;
    }

    private static double bias(Map.Entry<String, JsonNode> entry) {
        return JsonFields.number("logit_bias." + JsonFields.cut(entry.getKey()), entry.getValue(), BIAS);
    }

    /** One spelling for each id: of "5" and "05" one would be ignored. */
    private static int tokenId(String key) {
        if (TOKEN_ID.matcher(key).matches()) {
            long id = Long.parseLong(key);
            if (id <= Integer.MAX_VALUE) {
                return (int) id;
            }
        }
        throw ApiException.invalid("logit_bias", "logit_bias must have token ids as keys: " + JsonFields.cut(key));
    }
}
