package io.vitrine.model.text;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.weights.GgufMetadata;
import io.vitrine.model.weights.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChatTemplatesTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2024-07-26T12:34:56Z"), ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<ChatMessage> HELLO = List.of(new ChatMessage("user", "Hello"));
    private static final String SIMPLE =
            "{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}";

    /** SmolLM2, plain ChatML, Zephyr, Llama 2 and 3, Mistral, Gemma; the file says where the prompts come from. */
    @Test
    void writesThePromptsThatPythonWritesByTheSameTemplates() throws Exception {
        JsonNode file;
        try (InputStream stream = ChatTemplatesTest.class.getResourceAsStream("/text/chat-templates.json")) {
            file = JSON.readTree(stream);
        }
        assertThat(file.path("cases")).hasSize(72);
        for (JsonNode expected : file.path("cases")) {
            String source = file.path("templates")
                    .path(expected.path("template").asText())
                    .asText();
            JinjaChatTemplate template = new JinjaChatTemplate(source, "<s>", "</s>", CLOCK);
            List<ChatMessage> messages = messages(file.path("conversations")
                    .path(expected.path("conversation").asText()));
            if (expected.has("error")) {
                assertThatThrownBy(() -> template.render(messages))
                        .as("%s", expected)
                        .isInstanceOf(ChatTemplateException.class)
                        .hasMessage(expected.path("error").asText());
            } else {
                assertThat(template.render(messages).text())
                        .as("%s", expected)
                        .isEqualTo(expected.path("prompt").asText());
            }
        }
    }

    private static List<ChatMessage> messages(JsonNode conversation) {
        List<ChatMessage> messages = new ArrayList<>();
        conversation.forEach(message -> messages.add(new ChatMessage(
                message.path("role").asText(), message.path("content").asText())));
        return messages;
    }

    @Test
    void rendersTheSameFromSeveralThreads() throws Exception {
        JinjaChatTemplate template = new JinjaChatTemplate(SIMPLE, "<s>", "</s>", CLOCK);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<String>> renders = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                ChatMessage message = new ChatMessage("user", "message " + i);
                renders.add(() -> template.render(List.of(message)).text());
            }
            List<Future<String>> prompts = threads.invokeAll(renders);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(prompts.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("<s>message " + i + "</s>");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void rendersALongConversation() {
        List<ChatMessage> messages = Collections.nCopies(5000, new ChatMessage("user", "Hello"));
        assertThat(new JinjaChatTemplate(SIMPLE, "", ".", CLOCK)
                        .render(messages)
                        .text())
                .hasSize(5000 * 6);
    }

    @Test
    void findsATemplateThatCannotRunWhenItIsLoaded() {
        assertUnusable("{% if x %}", "endif");
        assertUnusable("{{ nosuch }}", "'nosuch' is undefined");
        assertUnusable("{{ messages|nosuch }}", "nosuch");
        assertUnusable("{% if messages[0].role == 'system' %}{{ messages.nosuch }}{% endif %}", "nosuch");
        assertUnusable("{{ raise_exception('never') }}", "never");
    }

    private static void assertUnusable(String source, String word) {
        assertThatThrownBy(() -> new JinjaChatTemplate(source, "", "", CLOCK))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("cannot be used")
                .hasMessageContaining(word);
    }

    @Test
    void acceptsATemplateThatDemandsASystemMessage() {
        String source = "{% if messages[0].role != 'system' %}{{ raise_exception('no system') }}{% endif %}ok";
        JinjaChatTemplate template = new JinjaChatTemplate(source, "", "", CLOCK);
        assertThat(template.render(List.of(new ChatMessage("system", "s"), new ChatMessage("user", "u")))
                        .text())
                .isEqualTo("ok");
        assertThatThrownBy(() -> template.render(HELLO)).hasMessage("no system");
    }

    @Test
    void readsTheTemplateAndTokensOfATokenizerConfig() {
        assertThat(prompt("{'chat_template':'%s','bos_token':'<b>','eos_token':{'content':'<e>','lstrip':false}}"))
                .isEqualTo("<b>Hello<e>");
        assertThat(prompt("{'chat_template':'%s','bos_token':null}")).isEqualTo("Hello");
        assertThat(prompt("{'chat_template':[{'name':'rag','template':'x'},{'name':'default','template':'%s'}]}"))
                .isEqualTo("Hello");
        assertThat(ChatTemplates.fromTokenizerConfig(json("{'bos_token':'<b>'}"), CLOCK))
                .isEmpty();
        assertThatThrownBy(() -> prompt("{'chat_template':[{'name':'rag','template':'%s'}]}"))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("rag")
                .hasMessageContaining("default");
    }

    private static String prompt(String config) {
        return ChatTemplates.fromTokenizerConfig(json(config.formatted(SIMPLE)), CLOCK)
                .orElseThrow()
                .render(HELLO)
                .text();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void prefersTheTemplateFileOfAFolder(@TempDir Path folder) throws Exception {
        assertThat(ChatTemplates.fromFolder(folder, CLOCK, Set.of(), ControlTokens.IN_TEMPLATE))
                .isEmpty();
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                json("{'chat_template':'%s','bos_token':'<b>'}".formatted(SIMPLE))
                        .toString());
        assertThat(ChatTemplates.fromFolder(folder, CLOCK, Set.of(), ControlTokens.IN_TEMPLATE)
                        .orElseThrow()
                        .render(HELLO)
                        .text())
                .isEqualTo("<b>Hello");
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ bos_token }}file");
        JinjaChatTemplate template = ChatTemplates.fromFolder(folder, CLOCK, Set.of(), ControlTokens.IN_TEMPLATE)
                .orElseThrow();
        assertThat(template.render(HELLO).text()).isEqualTo("<b>file");
        assertThat(template.source()).isEqualTo("{{ bos_token }}file");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{");
        assertThatThrownBy(() -> ChatTemplates.fromFolder(folder, CLOCK, Set.of(), ControlTokens.IN_TEMPLATE))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("tokenizer_config.json");
    }

    @Test
    void readsTheTemplateAndTokensOfGgufMetadata() {
        Map<String, Object> gguf = TokenizerCases.byteLevel();
        assertThat(ChatTemplates.fromGguf(new GgufMetadata(gguf), CLOCK, Set.of(), ControlTokens.IN_TEMPLATE))
                .isEmpty();
        gguf.put("tokenizer.chat_template", SIMPLE);
        assertThat(ChatTemplates.fromGguf(new GgufMetadata(gguf), CLOCK, Set.of(), ControlTokens.IN_TEMPLATE)
                        .orElseThrow()
                        .render(HELLO)
                        .text())
                .isEqualTo("<|im_start|>Hello<|im_end|>");
        gguf.remove("tokenizer.ggml.bos_token_id");
        assertThat(ChatTemplates.fromGguf(new GgufMetadata(gguf), CLOCK, Set.of(), ControlTokens.IN_TEMPLATE)
                        .orElseThrow()
                        .render(HELLO)
                        .text())
                .isEqualTo("Hello<|im_end|>");
    }
}
