package io.vitrine.server.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The log file in a store, by the shipped configuration of the filelog receiver: a request is found by its id. */
class LogPipelineIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path folder;

    @Test
    void aRequestIsFoundByItsIdWithTypedFields() throws Exception {
        String program = Programs.tool("VITRINE_TEST_COLLECTOR");
        Path store = folder.resolve("store.json");
        Path logs = Files.createDirectories(folder.resolve("logs"));
        Telemetry telemetry = TestTelemetry.everything(TestTelemetry.settings(), logs);
        Process collector = collector(program, logs, store);
        try (telemetry;
                TestServer server = TestServer.start(telemetry, 2)) {
            String id = server.post(TestServer.CHAT, BODY)
                    .headers()
                    .firstValue("x-request-id")
                    .orElseThrow();
            server.post(TestServer.CHAT, "{}");

            await("the request in the store")
                    .atMost(LIMIT)
                    .until(() -> Files.exists(store) && Files.readString(store).contains(id));
            JsonNode record = find(store, id);
            Map<String, JsonNode> fields = attributes(record);
            assertThat(fields.get("event").get("stringValue").asText()).isEqualTo("request_completed");
            assertThat(fields.get("status").has("intValue")
                            || fields.get("status").has("doubleValue"))
                    .as("a number stays one: %s", fields.get("status"))
                    .isTrue();
            assertThat(fields.get("duration_ms").has("doubleValue")).isTrue();
            assertThat(fields.get("cached").has("boolValue")).isTrue();
            assertThat(record.get("traceId").asText())
                    .isEqualTo(fields.get("trace_id").get("stringValue").asText())
                    .hasSize(32);
            assertThat(record.get("severityText").asText()).isEqualToIgnoringCase("info");
            assertThat(Long.parseLong(record.get("timeUnixNano").asText())).isPositive();
            assertThat(fields).doesNotContainKey("timestamp");
        } finally {
            collector.destroy();
            assertThat(collector.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private Process collector(String program, Path logs, Path store) throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                program,
                "--config",
                Programs.DEPLOY.resolve("collector").resolve("filelog.yaml").toString());
        command.environment()
                .putAll(Map.of(
                        "VITRINE_LOGS", logs.toString(),
                        "LOG_STORE", store.toString(),
                        "CHECKPOINTS",
                                Files.createDirectories(folder.resolve("checkpoints"))
                                        .toString()));
        return command.redirectErrorStream(true)
                .redirectOutput(folder.resolve("collector.out").toFile())
                .start();
    }

    private static JsonNode find(Path store, String id) throws Exception {
        for (String line : Files.readAllLines(store)) {
            for (JsonNode record : TestServer.parse(line).findValues("logRecords")) {
                for (JsonNode each : record) {
                    Map<String, JsonNode> fields = attributes(each);
                    if (fields.containsKey("request_id")
                            && fields.get("request_id")
                                    .get("stringValue")
                                    .asText()
                                    .equals(id)
                            && fields.get("event").get("stringValue").asText().equals("request_completed")) {
                        return each;
                    }
                }
            }
        }
        throw new AssertionError("not in the store: " + id);
    }

    private static Map<String, JsonNode> attributes(JsonNode record) {
        Map<String, JsonNode> fields = new HashMap<>();
        record.path("attributes")
                .forEach(attribute -> fields.put(attribute.get("key").asText(), attribute.get("value")));
        return fields;
    }
}
