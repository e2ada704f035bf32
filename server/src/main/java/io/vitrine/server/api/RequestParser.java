package io.vitrine.server.api;

import java.util.List;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.api.ChatRequest.Message;
import io.vitrine.server.api.CompletionRequest.Prompt;
import io.vitrine.server.config.ServerConfig.RequestLimits;

/** Bodies to requests. Safe from several threads at once. */
public final class RequestParser {

    private final RequestLimits limits;

    public RequestParser(RequestLimits limits) {
        this.limits = limits;
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
        List<Message> messages = MessageReader.read(fields.required("messages"));
        UnsupportedFields.refuseInChat(fields);
        return new ChatRequest(model, messages, new OptionsReader(fields, limits).read(chatLogprobs(fields)));
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
        UnsupportedFields.refuseInCompletion(fields, options.choices());
        boolean echo = fields.flag("echo");
        if (echo && logprobs.isPresent()) {
            throw ApiException.unsupported("logprobs", "logprobs together with echo is not supported yet");
        }
        return new CompletionRequest(model, prompts, echo, options);
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
