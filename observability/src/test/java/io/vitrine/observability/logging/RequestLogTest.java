package io.vitrine.observability.logging;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.LogLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestLogTest {

    @TempDir
    private Path directory;

    @Test
    void writesEverythingThatIsKnownOfACompletedRequest() {
        JsonNode line = lineOf(Summaries.completed());

        assertThat(line).isEqualTo(LogFiles.parse("""
                {"level":"INFO","service":"vitrine-test","category":"response","event":"request_completed",
                 "request_id":"req-1","tenant_id":"default","model_name":"smollm2-135m-instruct",
                 "route":"/v1/chat/completions","outcome":"completed","status":200,"streamed":true,
                 "duration_ms":1234.567891,"queue_time_ms":12.500000,"ttft_ms":80.000000,
                 "input_tokens":20,"output_tokens":16,"cached_tokens":8,"cached":true,"batch_size":3,"choices":1,
                 "cost":0.012500000,"infrastructure_cost":0.003000000,"currency":"EUR","finish_reason":"stop"}"""));
    }

    @Test
    void leavesOutWhatIsNotKnownOfARefusedRequest() {
        JsonNode line = lineOf(Summaries.refused());

        assertThat(line).isEqualTo(LogFiles.parse("""
                {"level":"INFO","service":"vitrine-test","category":"response","event":"request_completed",
                 "request_id":"req-2","tenant_id":"default","route":"unmatched","outcome":"refused","status":404,
                 "streamed":false,"duration_ms":2.000000,"error_type":"not_found"}"""));
    }

    @Test
    void saysThatACancelledRequestNeverGotATokenByLeavingItOut() {
        JsonNode line = lineOf(Summaries.cancelled());

        assertThat(line).isEqualTo(LogFiles.parse("""
                {"level":"INFO","service":"vitrine-test","category":"response","event":"request_completed",
                 "request_id":"req-3","tenant_id":"default","model_name":"smollm2-135m-instruct",
                 "route":"/v1/completions","outcome":"cancelled","status":499,"streamed":false,"duration_ms":5.000000,
                 "input_tokens":7,"output_tokens":0,"cached_tokens":0,"cached":false,"choices":1,
                 "finish_reason":"cancelled"}"""));
    }

    @Test
    void isSilentAboutHealthProbes() {
        assertThat(lines(Summaries.probe(), Summaries.refused())).hasSize(1);
        assertThat(storyAt(LogLevel.DEBUG, Route.HEALTH)).isEmpty();
    }

    @Test
    void tellsTheStepsOnTheWayAtDebugOnly() {
        assertThat(storyAt(LogLevel.INFO, Route.CHAT_COMPLETIONS)).isEmpty();

        List<JsonNode> story = storyAt(LogLevel.DEBUG, Route.CHAT_COMPLETIONS);
        assertThat(story.get(0)).isEqualTo(LogFiles.parse("""
                {"level":"DEBUG","service":"vitrine-test","category":"response","event":"request_received",
                 "request_id":"req-1","tenant_id":"default","route":"/v1/chat/completions"}"""));
        assertThat(story.get(1)).isEqualTo(LogFiles.parse("""
                {"level":"DEBUG","service":"vitrine-test","category":"inference","event":"inference_started",
                 "request_id":"req-1","tenant_id":"default","model_name":"smollm2-135m-instruct",
                 "route":"/v1/chat/completions","queue_time_ms":12.500000,"gpu_id":"cuda:0","batch_size":3}"""));
        assertThat(story.get(2)).isEqualTo(LogFiles.parse("""
                {"level":"DEBUG","service":"vitrine-test","category":"inference","event":"inference_completed",
                 "request_id":"req-1","tenant_id":"default","model_name":"smollm2-135m-instruct",
                 "route":"/v1/chat/completions","duration_ms":1200.000000,"ttft_ms":80.000000,
                 "input_tokens":20,"output_tokens":16,"cached_tokens":8,"cached":true,"gpu_id":"cuda:0","choices":1,
                 "finish_reason":"stop"}"""));
        assertThat(story).hasSize(3);
    }

    /** The steps of one request; a probe has no inference. */
    private List<JsonNode> storyAt(LogLevel level, Route route) {
        Path folder = directory.resolve(level + "-" + route);
        LogSettings settings =
                LogSettings.in(folder).withConsole(ConsoleFormat.OFF).withLevel(level);
        try (Logging logging = Logging.start(settings, "vitrine-test", new FakeClock())) {
            logging.requestListener()
                    .received(new RequestIdentity("req-1", route, RequestSummary.DEFAULT_TENANT, Optional.empty()));
            if (route != Route.HEALTH) {
                logging.requestListener().inferenceStarted(Summaries.inferenceStart("req-1"));
                logging.requestListener().inferenceCompleted(Summaries.inferenceEnd("req-1"));
            }
        }
        return LogFiles.lines(folder).stream().map(RequestLogTest::withoutTime).toList();
    }

    private static JsonNode withoutTime(JsonNode line) {
        return ((ObjectNode) line).without("timestamp");
    }

    @Test
    void warnsOfRequestsThatTimedOutOrFailed() {
        assertThat(lineOf(Summaries.timedOut()).path("level").asText()).isEqualTo("WARN");
        JsonNode failed = lines(Summaries.failed()).get(1);
        assertThat(failed.path("level").asText()).isEqualTo("WARN");
        assertThat(failed.path("error_type").asText()).isEqualTo("model_failed");
    }

    @Test
    void writesExactlyOneLineARequestWhateverItsEnd() {
        List<JsonNode> lines = lines(
                Summaries.completed(),
                Summaries.refused(),
                Summaries.cancelled(),
                Summaries.timedOut(),
                Summaries.failed());

        assertThat(lines)
                .extracting(line -> line.path("outcome").asText())
                .containsExactly("completed", "refused", "cancelled", "timed_out", "failed");
    }

    @Test
    void givesEveryFieldTheTypeOfTheCatalogueAndNeverNull() {
        Map<String, LogField.Type> types =
                Arrays.stream(LogField.values()).collect(Collectors.toMap(LogField::key, LogField::type));

        for (JsonNode line : lines(Summaries.completed(), Summaries.refused(), Summaries.failed())) {
            line.properties().forEach(field -> assertThat(typeOf(field.getValue()))
                    .as(field.getKey())
                    .isEqualTo(types.get(field.getKey())));
        }
    }

    @Test
    void stampsTheTimeInUtcWithMilliseconds() {
        Instant before = Instant.now().minusMillis(1);

        String timestamp =
                rawLines(Summaries.completed()).get(0).path("timestamp").asText();

        assertThat(timestamp).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(Instant.parse(timestamp)).isBetween(before, Instant.now());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"},{\"level\":\"ERROR",
                "line\nbreak\r\n{\"event\":\"fake\"}",
                "back\\slash\\u0000",
                "\u0000\u0001\u001b[31m\u007f\u009b",
                "${jndi:ldap://example.invalid/a} ${env:PATH} %d{ISO8601} {}",
                "Grüße, 世界, 🦙, \u2028\u2029"
            })
    void keepsAHostileRequestIdInsideItsField(String requestId) {
        List<JsonNode> lines = lines(Summaries.completed(requestId));

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).path("request_id").asText()).isEqualTo(requestId);
    }

    /** No valid UTF-8 exists for half a character: a question mark stands in, and the line stays readable. */
    @Test
    void writesALineEvenForHalfACharacter() {
        assertThat(lineOf(Summaries.completed("a\ud83eb")).path("request_id").asText())
                .isEqualTo("a?b");
    }

    @Test
    void cutsAValueThatHasNoEnd() {
        JsonNode line = lineOf(Summaries.completed("x".repeat(100_000)));

        assertThat(line.path("request_id").asText()).hasSizeLessThan(20_000).startsWith("xxx");
    }

    private static LogField.Type typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> LogField.Type.STRING;
            case NUMBER -> value.isIntegralNumber() ? LogField.Type.INTEGER : LogField.Type.NUMBER;
            case BOOLEAN -> LogField.Type.BOOLEAN;
            default -> throw new AssertionError("neither string, number nor boolean: " + value);
        };
    }

    private JsonNode lineOf(RequestSummary summary) {
        return lines(summary).get(0);
    }

    /** Lines without their time, which no test can know. */
    private List<JsonNode> lines(RequestSummary... summaries) {
        List<JsonNode> lines = rawLines(summaries);
        lines.forEach(line -> ((ObjectNode) line).remove("timestamp"));
        return lines;
    }

    private List<JsonNode> rawLines(RequestSummary... summaries) {
        LogSettings settings = LogSettings.in(directory).withConsole(ConsoleFormat.OFF);
        try (Logging logging = Logging.start(settings, "vitrine-test", new FakeClock())) {
            for (RequestSummary summary : summaries) {
                logging.requestListener().ended(summary);
            }
        }
        return LogFiles.lines(directory);
    }
}
