package io.vitrine.server.tracing;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TraceIds;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.server.TestServer;
import io.vitrine.store.ledger.CostEntry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing is lost and nothing told twice: under a random mix of requests, good and bad, each has one trace, one line and one
 * count, whatever its end, and the tokens of answers, spans, lines and meters are the same.
 */
final class Conservation {

    private final Path folder;
    private final int requestCount;
    private final CollectedSpans spans = new CollectedSpans();

    /**
     * Nothing has been sent.
     *
     * @param folder for the log
     */
    Conservation(Path folder, int requestCount) {
        this.folder = folder;
        this.requestCount = requestCount;
    }

    /** What a client knows of its request. */
    private record Sent(String id, CompletableFuture<HttpResponse<String>> answer) {}

    /**
     * Sends requests to a server that {@code start} starts, and compares what it tells of them.
     *
     * @return the part of the time of the engine's steps that was shared out among requests
     */
    double check(Function<Telemetry, TestServer> start, long seed) throws IOException {
        Telemetry telemetry = Telemetry.start(
                spans.telemetry(1, true, LogSettings.in(folder).withConsole(ConsoleFormat.OFF), true),
                System::nanoTime);
        List<Sent> answered;
        List<RequestSummary> summaries;
        String scrape;
        try (TestServer server = start.apply(telemetry)) {
            answered = send(server, new Random(seed));
            summaries = server.awaitSummaries(requestCount);
            server.awaitIdle();
            spans.awaitRequests(requestCount);
            scrape = server.getManagement("/metrics").body();
            summaries.forEach(summary -> assertEntry(summary, server));
        } finally {
            telemetry.close();
        }

        Map<String, RequestSummary> byId = unique(summaries, RequestSummary::requestId);
        Map<String, TraceView> traces = unique(
                spans.awaitRequests(requestCount).stream()
                        .map(TraceView::requireWhole)
                        .toList(),
                trace -> trace.text("vitrine.request_id"));
        Map<String, JsonNode> lines = lines();
        assertThat(traces.keySet()).isEqualTo(byId.keySet());
        assertThat(lines.keySet()).isEqualTo(byId.keySet());
        byId.forEach((id, summary) -> assertAgree(summary, traces.get(id), lines.get(id)));
        answered.forEach(sent -> assertAnswer(sent, byId.get(sent.id())));
        assertMeters(scrape, summaries);
        assertHistograms(scrape, summaries);
        return sharedSeconds(summaries) / sum(scrape, "vitrine_engine_step_duration_seconds_sum");
    }

    /** What the engine took in is in the ledger once, with the same numbers; nothing else is. */
    private static void assertEntry(RequestSummary summary, TestServer server) {
        Optional<CostEntry> entry = server.tenancy().ledger().findLatest(summary.tenantId(), summary.requestId());
        assertThat(entry.isPresent())
                .as("%s", summary)
                .isEqualTo(summary.charge().isPresent());
        assertThat(summary.charge().isPresent()).isEqualTo(summary.choices() > 0);
        entry.ifPresent(written -> {
            assertThat(written.inputTokens()).isEqualTo(summary.tokens().input());
            assertThat(written.outputTokens()).isEqualTo(summary.tokens().output());
            assertThat(written.cachedTokens()).isEqualTo(summary.tokens().cached());
            assertThat(written.engineNanos())
                    .isEqualTo(summary.charge().orElseThrow().engineNanos());
            assertThat(written.tenantId()).isEqualTo(summary.tenantId());
            assertThat(written.traceId())
                    .isEqualTo(summary.trace().map(TraceIds::traceId).orElse(null));
        });
    }

    private static double sharedSeconds(List<RequestSummary> summaries) {
        return summaries.stream()
                .flatMap(summary -> summary.charge().stream())
                .mapToDouble(charge -> charge.engineNanos() / 1e9)
                .sum();
    }

    private static double sum(String scrape, String name) {
        return scrape.lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private List<Sent> send(TestServer server, Random random) throws IOException {
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < requestCount; i++) {
            String id = "c-" + i;
            switch (random.nextInt(8)) {
                case 0 ->
                    server.send(server.postRequest(TestServer.CHAT, TracesTest.chat("hi", "'n': 0"))
                            .header("x-request-id", id)
                            .build());
                case 1 ->
                    server.send(server.postRequest("/v1/nothing", "{}")
                            .header("x-request-id", id)
                            .build());
                case 2 -> leave(server, id, random);
                default -> sent.add(new Sent(id, ask(server, id, random)));
            }
            if (random.nextInt(15) == 0) {
                server.advance(Duration.ofMinutes(11));
            }
        }
        sent.forEach(request -> request.answer().join());
        return sent;
    }

    private static CompletableFuture<HttpResponse<String>> ask(TestServer server, String id, Random random) {
        String body = TracesTest.chat(random.nextBoolean() ? "^" : "x".repeat(1 + random.nextInt(60)), more(random));
        var request = server.postRequest(TestServer.CHAT, body).header("x-request-id", id);
        if (random.nextInt(5) == 0) {
            request.header("x-vitrine-trace", "detailed");
        }
        return server.client().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String more(Random random) {
        String stream = random.nextBoolean() ? "'stream': true, 'stream_options': {'include_usage': true}, " : "";
        return stream + "'n': " + (1 + random.nextInt(3)) + ", 'max_tokens': " + (1 + random.nextInt(60));
    }

    /** A client that goes away at some point of the answer, or at its end, which is close if it is a refusal. */
    private static void leave(TestServer server, String id, Random random) throws IOException {
        String body = TracesTest.chat("hi", "'stream': true, 'max_tokens': 400");
        try (Socket socket = server.socket()) {
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "X-Request-Id: " + id + "\r\nConnection: close\r\nContent-Length: "
                                            + body.length() + "\r\n\r\n"
                                            + body)
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readNBytes(random.nextInt(600));
        }
    }

    private static <T> Map<String, T> unique(List<T> items, Function<T, String> id) {
        return items.stream().collect(Collectors.toMap(id, Function.identity(), (first, second) -> {
            throw new AssertionError("told twice: " + first + " and " + second);
        }));
    }

    private Map<String, JsonNode> lines() throws IOException {
        try (Stream<String> all = Files.lines(folder.resolve("vitrine.json"))) {
            return unique(
                    all.map(TestServer::parse)
                            .filter(line -> line.get("event").asText().equals("request_completed"))
                            .toList(),
                    line -> line.get("request_id").asText());
        }
    }

    private static void assertAgree(RequestSummary summary, TraceView trace, JsonNode line) {
        assertThat(trace.text("vitrine.outcome")).isEqualTo(summary.outcome().label());
        assertThat(line.get("outcome").asText()).isEqualTo(summary.outcome().label());
        assertThat(line.get("trace_id").asText()).isEqualTo(trace.root().getTraceId());
        assertThat(line.get("span_id").asText()).isEqualTo(trace.root().getSpanId());
        assertThat(trace.root().getEndEpochNanos() - trace.root().getStartEpochNanos())
                .isEqualTo(summary.durationNanos());
        for (SpanData inference : trace.named("inference_process")) {
            assertThat(TraceView.number(inference, "gen_ai.usage.output_tokens"))
                    .isEqualTo(line.get("output_tokens").asLong())
                    .isEqualTo(summary.tokens().output());
            assertThat(TraceView.number(inference, "gen_ai.usage.input_tokens"))
                    .isEqualTo(line.get("input_tokens").asLong())
                    .isEqualTo(summary.tokens().input());
            assertThat(sampled(trace)).isEqualTo(summary.tokens().output());
        }
    }

    /** Tokens that the spans of the sampler count, one by one. */
    private static long sampled(TraceView trace) {
        return trace.named("token_sampling").stream()
                .mapToLong(span -> span.getAttributes().get(AttributeKey.longKey("vitrine.tokens")))
                .sum();
    }

    private static void assertAnswer(Sent sent, RequestSummary summary) {
        HttpResponse<String> answer = sent.answer().join();
        assertThat(summary.status()).isEqualTo(answer.statusCode());
        if (answer.statusCode() != 200 || answer.body().contains("\"error\"")) {
            return;
        }
        JsonNode usage = answer.body().startsWith("data:")
                ? streamedUsage(answer.body())
                : TestServer.parse(answer.body()).get("usage");
        assertThat(usage.get("completion_tokens").asInt())
                .isEqualTo(summary.tokens().output());
        assertThat(usage.get("prompt_tokens").asInt())
                .isEqualTo(summary.tokens().input());
    }

    private static JsonNode streamedUsage(String body) {
        return TestServer.records(body).stream()
                .filter(record -> record.contains("\"usage\":{"))
                .map(TestServer::parse)
                .findFirst()
                .orElseThrow()
                .get("usage");
    }

    private static void assertMeters(String scrape, List<RequestSummary> summaries) {
        Map<String, Long> outcomes = summaries.stream()
                .collect(Collectors.groupingBy(summary -> summary.outcome().label(), Collectors.counting()));
        Map<String, Long> counted = new HashMap<>();
        int gauges = 0;
        double input = 0;
        double output = 0;
        for (String line : scrape.lines().toList()) {
            if (line.startsWith("#")) {
                continue;
            }
            double value =
                    Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1).replace("Inf", "Infinity"));
            if (line.startsWith("vitrine_requests_total{")) {
                counted.merge(line.replaceFirst(".*outcome=\"([a-z_]+)\".*", "$1"), (long) value, Long::sum);
            } else if (line.startsWith("vitrine_input_tokens_total{")) {
                input += value;
            } else if (line.startsWith("vitrine_output_tokens_total{")) {
                output += value;
            } else if (line.matches(
                    "vitrine_(requests_in_flight|engine_running_sequences|engine_waiting_sequences|kv_used_pages)\\b.*")) {
                gauges++;
                assertThat(value).as(line).isZero();
            }
        }
        assertThat(gauges).as("gauges that return to 0").isEqualTo(4);
        assertThat(counted).isEqualTo(outcomes);
        assertThat(input)
                .isEqualTo(summaries.stream()
                        .mapToInt(summary -> summary.tokens().input())
                        .sum());
        assertThat(output)
                .isEqualTo(summaries.stream()
                        .mapToInt(summary -> summary.tokens().output())
                        .sum());
    }

    /** What is counted in several places is the same there. */
    private static void assertHistograms(String scrape, List<RequestSummary> summaries) {
        List<RequestSummary> generating = summaries.stream()
                .filter(summary -> summary.route().operation().isPresent())
                .toList();
        assertThat(sum(scrape, "vitrine_request_duration_seconds_count")).isEqualTo(generating.size());
        assertThat(sum(scrape, "gen_ai_server_request_duration_seconds_count"))
                .isEqualTo(count(generating, summary -> summary.outcome() == Outcome.COMPLETED));
        assertThat(sum(scrape, "gen_ai_server_time_to_first_token_seconds_count"))
                .isEqualTo(count(
                        generating, summary -> summary.timeToFirstTokenNanos().isPresent()));
        assertThat(sum(scrape, "gen_ai_client_token_usage_count"))
                .as("input and output of each request that the engine took in")
                .isEqualTo(2.0 * count(generating, summary -> summary.choices() > 0));
        assertThat(sum(scrape, "vitrine_tenant_input_tokens_total"))
                .isEqualTo(sum(scrape, "vitrine_input_tokens_total"));
        assertThat(sum(scrape, "vitrine_tenant_output_tokens_total"))
                .isEqualTo(sum(scrape, "vitrine_output_tokens_total"));
        assertThat(sum(scrape, "vitrine_tenant_requests_total"))
                .as("requests of nobody known are no tenant's")
                .isEqualTo(count(summaries, summary -> !summary.tenantId().equals(RequestSummary.UNKNOWN_TENANT)));
    }

    private static double count(List<RequestSummary> summaries, Predicate<RequestSummary> which) {
        return summaries.stream().filter(which).count();
    }
}
