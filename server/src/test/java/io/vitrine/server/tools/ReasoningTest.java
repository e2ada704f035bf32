package io.vitrine.server.tools;

import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReasoningTest {

    private static final String ANSWER = "<think>\nIt is é, not <b>.\n</think>\n\nYes <i>!";
    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"}],\"temperature\":0";

    private static TestServer saying(String answer, String... settings) {
        return TestServer.start(Telemetry.off(), config -> TestModel.with(TestModel.saying(answer), 1), settings);
    }

    @Test
    void reasoningIsApartFromContent() {
        try (TestServer server = saying(ANSWER, "engine.reasoning=think")) {
            JsonNode message = server.json(TestServer.CHAT, BODY + "}").at("/choices/0/message");
            assertThat(message.path("reasoning_content").asText()).isEqualTo("It is é, not <b>.");
            assertThat(message.path("content").asText()).isEqualTo("Yes <i>!");

            List<JsonNode> chunks = server.chunks(TestServer.CHAT, BODY + ",\"stream\":true}");
            assertThat(joined(chunks, "reasoning_content")).isEqualTo("It is é, not <b>.");
            assertThat(joined(chunks, "content")).isEqualTo("Yes <i>!");
        }
    }

    private static String joined(List<JsonNode> chunks, String field) {
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta").path(field).asText())
                .collect(Collectors.joining());
    }

    @Test
    void withoutTheSettingTagsAreText() {
        try (TestServer server = saying(ANSWER)) {
            JsonNode message = server.json(TestServer.CHAT, BODY + "}").at("/choices/0/message");
            assertThat(message.has("reasoning_content")).isFalse();
            assertThat(message.path("content").asText()).isEqualTo(ANSWER);
        }
    }

    @Test
    void stopStringsAreLookedForInContentOnly() {
        try (TestServer server = saying(ANSWER, "engine.reasoning=think")) {
            JsonNode choice =
                    server.json(TestServer.CHAT, BODY + ",\"stop\":[\"<\"]}").at("/choices/0");
            assertThat(choice.at("/message/reasoning_content").asText()).contains("<b>");
            assertThat(choice.at("/message/content").asText()).isEqualTo("Yes ");
            assertThat(choice.path("stop_reason").asText()).isEqualTo("<");
        }
    }

    @Test
    void aDocumentFollowsTheReasoning() {
        try (TestServer server = saying("<think>x</think>{\"a\":1}", "engine.reasoning=think")) {
            JsonNode message = server.json(TestServer.CHAT, BODY + ",\"response_format\":{\"type\":\"json_object\"}}")
                    .at("/choices/0/message");
            assertThat(message.path("reasoning_content").asText()).isEqualTo("x");
            assertThat(message.path("content").asText()).isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void callsFollowReasoningAndText() {
        String call =
                "<think>x</think>Look:\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"</think>\"}}\n</tool_call>";
        try (TestServer server = saying(call, "engine.reasoning=think")) {
            String tools = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]}";
            JsonNode choice = server.json(TestServer.CHAT, BODY + tools).at("/choices/0");
            assertThat(choice.at("/message/reasoning_content").asText()).isEqualTo("x");
            assertThat(choice.at("/message/content").asText()).isEqualTo("Look:\n");
            assertThat(choice.at("/message/tool_calls/0/function/arguments").asText())
                    .isEqualTo("{\"a\": \"</think>\"}");
            assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        }
    }

    @Test
    void theConfiguredFormatIsReadAndWritten() {
        String call = "[TOOL_CALLS]f[ARGS]{\"a\": 1}";
        try (TestServer server = saying(call, "engine.tool-format=mistral-args")) {
            String tools = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]}";
            JsonNode message = server.json(TestServer.CHAT, BODY + tools).at("/choices/0/message");
            assertThat(message.at("/tool_calls/0/id").asText()).matches("[0-9A-Za-z]{9}");
            assertThat(message.at("/tool_calls/0/function/arguments").asText()).isEqualTo("{\"a\": 1}");
        }
    }
}
