package io.vitrine.model.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.text.jinja.JinjaTemplate;
import io.vitrine.model.weights.GgufMetadata;
import io.vitrine.model.weights.ModelFormatException;

/** Finds the chat template that a model brings; empty if it brings none. */
public final class ChatTemplates {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Some list their added tokens in it. */
    private static final long MAX_CONFIG_BYTES = 64L << 20;

    private ChatTemplates() {}

    /**
     * The template of a Hugging Face folder: {@code chat_template.jinja} if there is one, or that of
     * {@code tokenizer_config.json}.
     *
     * @param controlTokens as the tokenizer spells them
     * @param reading where their spelling in a conversation is the token
     * @throws ChatTemplateException if it cannot be used
     * @throws ModelFormatException if {@code tokenizer_config.json} is damaged
     */
    public static Optional<JinjaChatTemplate> fromFolder(
            Path folder, Clock clock, Collection<String> controlTokens, ControlTokens reading) {
        Optional<JsonNode> config =
                read(folder.resolve("tokenizer_config.json"), MAX_CONFIG_BYTES).map(ChatTemplates::parse);
        Optional<String> own = read(folder.resolve("chat_template.jinja"), 4L * JinjaTemplate.MAX_SOURCE_CHARS);
        return own.or(() -> config.flatMap(ChatTemplates::source)).map(source -> {
            JsonNode tokens = config.orElse(JSON.createObjectNode());
            return new JinjaChatTemplate(
                    source, token(tokens, "bos_token"), token(tokens, "eos_token"), clock, controlTokens, reading);
        });
    }

    /**
     * The template in a parsed {@code tokenizer_config.json}: one text, or of several named ones the one named
     * {@code default}.
     *
     * @throws ChatTemplateException if it cannot be used, or there are several and none has that name
     */
    public static Optional<JinjaChatTemplate> fromTokenizerConfig(JsonNode config, Clock clock) {
        return source(config)
                .map(source ->
                        new JinjaChatTemplate(source, token(config, "bos_token"), token(config, "eos_token"), clock));
    }

    /**
     * The template in the metadata of a GGUF file.
     *
     * @param controlTokens as the tokenizer spells them
     * @param reading where their spelling in a conversation is the token
     * @throws ChatTemplateException if it cannot be used
     */
    public static Optional<JinjaChatTemplate> fromGguf(
            GgufMetadata metadata, Clock clock, Collection<String> controlTokens, ControlTokens reading) {
        return metadata.string("tokenizer.chat_template")
                .map(source -> new JinjaChatTemplate(
                        source,
                        token(metadata, "tokenizer.ggml.bos_token_id"),
                        token(metadata, "tokenizer.ggml.eos_token_id"),
                        clock,
                        controlTokens,
                        reading));
    }

    private static Optional<String> source(JsonNode config) {
        JsonNode template = config.path("chat_template");
        if (!template.isArray()) {
            return template.isTextual() ? Optional.of(template.textValue()) : Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (JsonNode named : template) {
            names.add(named.path("name").asText());
            if (named.path("name").asText().equals("default")) {
                return Optional.of(named.path("template").asText());
            }
        }
        throw new ChatTemplateException("of the chat templates " + names + " none is named default");
    }

    /** A token is written as its text, or as an object with the text as its content. */
    private static String token(JsonNode config, String name) {
        JsonNode token = config.path(name);
        return (token.isObject() ? token.path("content") : token).asText("");
    }

    private static String token(GgufMetadata metadata, String key) {
        return metadata.integer(key).isEmpty()
                ? ""
                : GgufVocabulary.of(metadata).token(metadata, key);
    }

    private static Optional<String> read(Path file, long maxBytes) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            if (Files.size(file) > maxBytes) {
                throw new ModelFormatException(file + " has " + Files.size(file) + " bytes; the limit is " + maxBytes);
            }
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException("tokenizer_config.json is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
