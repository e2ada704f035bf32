package io.vitrine.server.metrics;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** N requests of P prompt and G output tokens are N, N·P and N·G in every meter, whatever their end. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class RequestCountsTest {

    private static final String CHAT =
            "{\"model\":\"test/model\",\"max_tokens\":%d,\"n\":%d,\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    /** Of the rendered chat {@code user=hi|}. */
    private static final int PROMPT = 8;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void wholeAndStreamedAnswersAreCountedToTheToken() {
        try (Telemetry telemetry = telemetry();
                TestServer server = TestServer.start(telemetry, 4)) {
            for (int i = 0; i < 3; i++) {
                assertThat(server.json(TestServer.CHAT, CHAT.formatted(10, 1, false))
                                .get("usage")
                                .get("completion_tokens")
                                .asInt())
                        .isEqualTo(10);
                server.stream(TestServer.CHAT, CHAT.formatted(10, 1, true));
            }
            String scrape = scrape(server, 6, 6);

            assertThat(sum(scrape, "vitrine_requests_total", "outcome=\"completed\""))
                    .isEqualTo(6);
            assertThat(sum(scrape, "gen_ai_server_request_duration_seconds_count"))
                    .isEqualTo(6);
            assertThat(sum(scrape, "gen_ai_server_time_to_first_token_seconds_count"))
                    .isEqualTo(6);
            assertThat(sum(scrape, "gen_ai_server_time_per_output_token_seconds_count"))
                    .isEqualTo(6);
            assertThat(sum(scrape, "vitrine_request_duration_seconds_count", "completed"))
                    .isEqualTo(6);
            assertThat(sum(scrape, "vitrine_generations_total", "length")).isEqualTo(6);
            assertThat(sum(scrape, "vitrine_inter_token_latency_seconds_count")).isEqualTo(6 * 9);
            assertThat(sum(scrape, "vllm:inter_token_latency_seconds_count")).isEqualTo(6 * 9);
            assertThat(sum(scrape, "vllm:request_success_total", "length")).isEqualTo(6);
            assertTokens(scrape, server.summaries(), 6 * PROMPT, 6 * 10);
            assertThat(sum(scrape, "vllm:prompt_tokens_total")).isEqualTo(6 * PROMPT);
            assertThat(sum(scrape, "vllm:request_prompt_tokens_sum")).isEqualTo(6 * PROMPT);
            assertThat(sum(scrape, "vllm:generation_tokens_total")).isEqualTo(6 * 10);
            assertThat(sum(scrape, "vllm:request_generation_tokens_sum")).isEqualTo(6 * 10);
            assertThat(sum(scrape, "vitrine_engine_useful_tokens_total") + 6)
                    .as("a prompt's last step gives the first token")
                    .isEqualTo(6 * 10);
        }
    }

    @Test
    void severalChoicesAreOneRequestAndSeveralSequences() {
        try (Telemetry telemetry = telemetry();
                TestServer server = TestServer.start(telemetry, 4)) {
            var usage =
                    server.json(TestServer.CHAT, CHAT.formatted(10, 3, false)).get("usage");
            String scrape = scrape(server, 1, 3);

            assertThat(usage.get("completion_tokens").asInt()).isEqualTo(30);
            assertThat(sum(scrape, "vitrine_requests_total")).isEqualTo(1);
            assertThat(sum(scrape, "gen_ai_server_request_duration_seconds_count"))
                    .isEqualTo(1);
            assertThat(sum(scrape, "vitrine_generations_total")).isEqualTo(3);
            assertThat(sum(scrape, "vitrine_queue_time_seconds_count")).isEqualTo(3);
            assertThat(sum(scrape, "vitrine_inter_token_latency_seconds_count")).isEqualTo(3 * 9);
            assertTokens(scrape, server.summaries(), usage.get("prompt_tokens").asInt(), 30);
            assertThat(sum(scrape, "gen_ai_client_token_usage_count"))
                    .as("input and output")
                    .isEqualTo(2);
        }
    }

    @Test
    void anAbortAFailureAndARefusalAreCountedAsWhatTheyAre() throws IOException {
        try (Telemetry telemetry = telemetry();
                TestServer server = TestServer.start(telemetry, 1)) {
            server.runner().failAt(4);
            server.post(TestServer.CHAT, CHAT.formatted(10, 0, false));
            assertThat(server.post(TestServer.CHAT, CHAT.formatted(40, 1, false))
                            .statusCode())
                    .isEqualTo(500);
            leave(server);
            String scrape = scrape(server, 3, 2);

            for (Outcome outcome : List.of(Outcome.REFUSED, Outcome.CANCELLED, Outcome.FAILED)) {
                String label = "outcome=\"" + outcome.label() + "\"";
                assertThat(sum(scrape, "vitrine_requests_total", label))
                        .as(label)
                        .isEqualTo(1);
                assertThat(sum(scrape, "vitrine_request_duration_seconds_count", label))
                        .as(label)
                        .isEqualTo(1);
                assertThat(sum(scrape, "vitrine_tenant_requests_total", label))
                        .as(label)
                        .isEqualTo(1);
            }
            assertThat(sum(scrape, "gen_ai_server_request_duration_seconds_count"))
                    .isZero();
            assertThat(sum(scrape, "vitrine_generations_total", "cancelled")).isEqualTo(1);
            assertThat(sum(scrape, "vitrine_generations_total", "failed")).isEqualTo(1);
            assertThat(sum(scrape, "vitrine_generations_total")).isEqualTo(2);
            assertThat(sum(scrape, "vllm:request_success_total")).isEqualTo(2);
            List<RequestSummary> summaries = server.summaries();
            assertTokens(
                    scrape,
                    summaries,
                    summaries.stream()
                            .mapToInt(summary -> summary.tokens().input())
                            .sum(),
                    summaries.stream()
                            .mapToInt(summary -> summary.tokens().output())
                            .sum());
            assertThat(sum(scrape, "vitrine_requests_in_flight")).isZero();
            assertThat(sum(scrape, "vitrine_tenants_active")).isZero();
        }
    }

    /** The same in the summary, from which the log line is made, by model, by tenant and by request. */
    private static void assertTokens(String scrape, List<RequestSummary> summaries, int input, int output) {
        assertThat(summaries.stream()
                        .mapToInt(summary -> summary.tokens().input())
                        .sum())
                .isEqualTo(input);
        assertThat(summaries.stream()
                        .mapToInt(summary -> summary.tokens().output())
                        .sum())
                .isEqualTo(output);
        assertThat(sum(scrape, "vitrine_input_tokens_total")).isEqualTo(input);
        assertThat(sum(scrape, "vitrine_output_tokens_total")).isEqualTo(output);
        assertThat(sum(scrape, "vitrine_tenant_input_tokens_total")).isEqualTo(input);
        assertThat(sum(scrape, "vitrine_tenant_output_tokens_total")).isEqualTo(output);
        assertThat(sum(scrape, "gen_ai_client_token_usage_sum", "token_type=\"input\""))
                .isEqualTo(input);
        assertThat(sum(scrape, "gen_ai_client_token_usage_sum", "token_type=\"output\""))
                .isEqualTo(output);
    }

    /** Goes away after some tokens. */
    private static void leave(TestServer server) throws IOException {
        String body = CHAT.formatted(400, 1, true);
        int others = server.openConnections();
        var gate = server.runner().holdAt(server.runner().steps().size() + 20);
        try (Socket socket = server.socket()) {
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readNBytes(900);
            gate.awaitReached();
            // A client that is gone, not one that has closed its side and still reads.
            socket.setSoLinger(true, 0);
        }
        server.awaitConnections(others);
        gate.release();
    }

    private Telemetry telemetry() {
        return TestTelemetry.everything(TestTelemetry.settings().withVllmNames(), folder.resolve("logs"));
    }

    /** The meters once so many requests and sequences have ended; a sequence is counted after its slot is free. */
    private static String scrape(TestServer server, int requests, int sequences) {
        server.awaitSummaries(requests);
        server.awaitIdle();
        await().atMost(LIMIT)
                .until(() -> sum(server.getManagement("/metrics").body(), "vitrine_generations_total") >= sequences);
        return server.getManagement("/metrics").body();
    }

    /** Over all series of a name that have these words among their labels. */
    private static double sum(String scrape, String name, String... words) {
        List<String> lines = scrape.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .collect(Collectors.toList());
        return lines.stream()
                .filter(line -> Stream.of(words).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
