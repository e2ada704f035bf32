package io.vitrine.server;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole server around the null engine. */
class NullEngineTest {

    private static final String BODY = """
            {"model": "null", "max_tokens": 40, "stream": %s, "temperature": 1.5, "ignore_eos": true,
             "messages": [{"role": "user", "content": "Hello"}]}""";

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir
    private Path logs;

    private TestServer start(Telemetry telemetry) {
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return TestServer.start(
                telemetry,
                new NullModelLoader(out, System::nanoTime),
                "engine.kind=null",
                "engine.null-pace=0s",
                "engine.slots=3");
    }

    @Test
    void answersTheSameTextStreamedOrWhole() {
        try (TestServer server = start(Telemetry.off())) {
            JsonNode whole = server.json(TestServer.CHAT, BODY.formatted("false"));
            List<JsonNode> chunks = server.chunks(TestServer.CHAT, BODY.formatted("true"));

            String text = whole.at("/choices/0/message/content").asText();
            assertThat(text).hasSize(40);
            assertThat("The null engine answers with the same words, whatever it is asked. ".repeat(3))
                    .contains(text);
            assertThat(chunks.stream()
                            .map(chunk -> chunk.at("/choices/0/delta/content").asText(""))
                            .collect(Collectors.joining()))
                    .isEqualTo(text);
            assertThat(whole.at("/usage/completion_tokens").asInt()).isEqualTo(40);
            assertThat(whole.at("/usage/prompt_tokens").asInt()).isEqualTo("user: Hello\nassistant: ".length());
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("3 slots of up to 8192 tokens");
    }

    @Test
    void isWatchedAndBilledLikeAModel() {
        try (Telemetry telemetry = TestTelemetry.everything(TestTelemetry.settings(), logs);
                TestServer server = start(telemetry)) {
            server.json(TestServer.CHAT, BODY.formatted("false"));

            server.awaitSummaries(1);
            String metrics = server.getManagement("/metrics").body();
            assertThat(metrics)
                    .contains("vitrine_output_tokens_total{model=\"null\"} 40")
                    .contains("vitrine_engine_slots{model=\"null\"} 3");
            JsonNode costs =
                    TestServer.parse(server.getManagement("/api/costs").body()).path("costs");
            assertThat(costs.get(0).path("output_tokens").asInt()).isEqualTo(40);
        }
    }
}
