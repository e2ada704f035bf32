package io.vitrine.server.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.api.ChatRequest.Message;
import io.vitrine.server.api.CompletionRequest.Prompt;
import io.vitrine.server.config.ServerConfig.RequestLimits;
import org.jspecify.annotations.Nullable;

/** Bodies to requests. Safe from several threads at once. */
public final class RequestParser {

    /** Switches the reasoning of some models on and off. */
    public static final String ENABLE_THINKING = "enable_thinking";

    private static final String TEMPLATE_VARIABLES = "chat_template_kwargs";
    private static final Set<String> RESERVED_VARIABLES =
            Set.of("messages", "tools", "documents", "add_generation_prompt", "bos_token", "eos_token");

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
        ToolRequest tools = new ToolReader(fields, limits.maxTools()).read();
        return new ChatRequest(
                model,
                conversation,
                tools,
                templateVariables(fields),
                promptEnd(fields, conversation),
                new OptionsReader(fields, limits).read(chatLogprobs(fields)));
    }

    private static PromptEnd promptEnd(JsonFields fields, List<Message> conversation) {
        boolean continues = fields.flag("continue_final_message");
        boolean adds =
                fields.value("add_generation_prompt").isEmpty() ? !continues : fields.flag("add_generation_prompt");
        if (!continues) {
            return adds ? PromptEnd.ANSWER : PromptEnd.BEHIND_LAST_MESSAGE;
        }
        if (adds) {
            throw ApiException.invalid(
                    "continue_final_message", "continue_final_message and add_generation_prompt must not both be true");
        }
        Message last = conversation.get(conversation.size() - 1);
        if (!last.role().equals("assistant") || last.content().isBlank()) {
            throw ApiException.invalid(
                    "messages", "with continue_final_message the last message must be the assistant's, with a text");
        }
        return PromptEnd.IN_LAST_MESSAGE;
    }

    private static Map<String, Object> templateVariables(JsonFields fields) {
        Map<String, Object> variables = new LinkedHashMap<>();
        JsonNode given = fields.value(TEMPLATE_VARIABLES).orElse(null);
        if (given != null) {
            if (!given.isObject()) {
                throw JsonFields.wrong(TEMPLATE_VARIABLES, "an object of variables of the chat template", given);
            }
            given.fieldNames().forEachRemaining(name -> {
                if (RESERVED_VARIABLES.contains(name)) {
                    throw ApiException.invalid(
                            TEMPLATE_VARIABLES, TEMPLATE_VARIABLES + " must not replace the variable " + name);
                }
            });
            variables.putAll(PlainValues.map(given));
        }
        if (fields.value(ENABLE_THINKING).isPresent()) {
            variables.put(ENABLE_THINKING, fields.flag(ENABLE_THINKING));
        }
        return variables;
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

    /**
     * Body of {@code POST /tokenize}.
     *
     * @throws ApiException if it is none
     */
    public TokenizeRequest tokenize(byte[] body) {
        JsonFields fields = new JsonFields(ApiJson.readObject(body));
        RefusedFields.refuse(RefusedFields.TOKENIZE, fields);
        JsonNode prompt = fields.value("prompt").orElse(null);
        JsonNode chat = fields.value("messages").orElse(null);
        if ((prompt == null) == (chat == null)) {
            throw prompt == null
                    ? ApiException.missing("prompt")
                    : ApiException.invalid("prompt", "prompt must not be given together with messages");
        }
        ToolRequest tools = new ToolReader(fields, limits.maxTools()).read();
        return new TokenizeRequest(
                optionalText(fields, "model"),
                prompt == null ? null : JsonFields.text("prompt", prompt),
                chat == null ? List.of() : messages.read(chat),
                tools == null ? List.of() : tools.definitions(),
                templateVariables(fields),
                fields.value("add_generation_prompt").isEmpty() || fields.flag("add_generation_prompt"),
                fields.value("add_special_tokens").isEmpty() || fields.flag("add_special_tokens"),
                fields.flag("return_token_strs"));
    }

    /**
     * Body of {@code POST /detokenize}.
     *
     * @throws ApiException if it is none
     */
    public DetokenizeRequest detokenize(byte[] body) {
        JsonFields fields = new JsonFields(ApiJson.readObject(body));
        return new DetokenizeRequest(
                optionalText(fields, "model"), PromptReader.tokenIds("tokens", fields.required("tokens")));
    }

    private static @Nullable String optionalText(JsonFields fields, String name) {
        return fields.value(name).map(value -> JsonFields.text(name, value)).orElse(null);
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
