package io.vitrine.server.api;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.api.ChatRequest.Message;
import io.vitrine.server.api.CompletionRequest.Prompt;
import io.vitrine.server.config.ServerConfig.RequestLimits;

/** Bodies to requests. Safe from several threads at once. */
public final class RequestParser {

    private final RequestLimits limits;

    private final MessageReader messages;

    /** @param customRoles roles of messages beside the API's own */
    public RequestParser(RequestLimits limits, Set<String> customRoles) {
        this.limits = limits;
        this.messages = new MessageReader(customRoles);
    }

    /**
     * Body of {@code POST /v1/chat/completions}.
     *
     * @param streamAsked is run if the body asks for a stream, be the rest of it valid or not
     * @throws ApiException if it is none
     */
    public ChatRequest chat(byte[] body, Runnable streamAsked) {
        JsonFields fields = fields(body, streamAsked);
        String model = fields.requiredText("model");
        List<Message> conversation = messages.read(fields.required("messages"));
        RefusedFields.refuse(RefusedFields.CHAT, fields);
        return new ChatRequest(model, conversation, new OptionsReader(fields, limits).read(chatLogprobs(fields)));
    }

    /**
     * Body of {@code POST /v1/completions}.
     *
     * @param streamAsked is run if the body asks for a stream, be the rest of it valid or not
     * @throws ApiException if it is none
     */
    public CompletionRequest completion(byte[] body, Runnable streamAsked) {
        JsonFields fields = fields(body, streamAsked);
        String model = fields.requiredText("model");
        List<Prompt> prompts = new PromptReader(limits.maxPrompts()).read(fields.required("prompt"));
        OptionalInt logprobs = fields.integer("logprobs", 0, OptionsReader.MAX_TOP_LOGPROBS);
        GenerationOptions options = new OptionsReader(fields, limits).read(logprobs);
        RefusedFields.refuse(RefusedFields.COMPLETION, fields);
        RefusedFields.refuseBestOf(fields, options.choices());
        return new CompletionRequest(model, prompts, fields.flag("echo"), promptLogprobs(fields), options);
    }

    private static OptionalInt promptLogprobs(JsonFields fields) {
        OptionalInt asked = fields.integer("prompt_logprobs", 0, OptionsReader.MAX_TOP_LOGPROBS);
        if (asked.isPresent() && fields.flag("stream")) {
            throw ApiException.invalid(
                    "prompt_logprobs", "prompt_logprobs are only in a whole answer, not where stream is true");
        }
        return asked;
    }

    private static JsonFields fields(byte[] body, Runnable streamAsked) {
        JsonFields fields = new JsonFields(ApiJson.readObject(body));
        if (fields.value("stream").map(JsonNode::booleanValue).orElse(false)) {
            streamAsked.run();
        }
        return fields;
    }

    private static OptionalInt chatLogprobs(JsonFields fields) {
        OptionalInt top = fields.integer("top_logprobs", 0, OptionsReader.MAX_TOP_LOGPROBS);
        if (fields.flag("logprobs")) {
            return OptionalInt.of(top.orElse(0));
        }
        if (top.orElse(0) > 0) {
            throw ApiException.invalid("top_logprobs", "top_logprobs must only be given when logprobs is true");
        }
        return OptionalInt.empty();
    }
}
