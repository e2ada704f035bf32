package io.vitrine.loadtest.truth;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The management port of a Vitrine server. */
final class Management {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 1000;
    private static final int DEEPEST_OFFSET = 10_000;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI base;

    Management(URI base) {
        this.base = base;
    }

    Scrape metrics() throws IOException {
        return Scrape.parse(get("/metrics").orElseThrow(() -> new IOException("there is no /metrics at " + base)));
    }

    Optional<JsonNode> request(String requestId) throws IOException {
        Optional<String> body = get("/api/requests/" + requestId);
        return body.isEmpty() ? Optional.empty() : Optional.of(JSON.readTree(body.get()));
    }

    /** Requests, input and output tokens in the ledger of the last days. */
    Optional<LedgerSum> ledger() throws IOException {
        Optional<String> body = get("/api/costs");
        if (body.isEmpty()) {
            return Optional.empty();
        }
        LedgerSum sum = new LedgerSum(0, 0, 0);
        for (JsonNode line : JSON.readTree(body.get()).path("costs")) {
            sum = new LedgerSum(
                    sum.requests() + line.path("requests").asLong(),
                    sum.inputTokens() + line.path("input_tokens").asLong(),
                    sum.outputTokens() + line.path("output_tokens").asLong());
        }
        return Optional.of(sum);
    }

    record LedgerSum(long requests, long inputTokens, long outputTokens) {

        LedgerSum minus(LedgerSum other) {
            return new LedgerSum(
                    requests - other.requests(),
                    inputTokens - other.inputTokens(),
                    outputTokens - other.outputTokens());
        }
    }

    /** All log lines of an event between two times; a span of time that has more than a question can give is halved. */
    List<JsonNode> logs(String event, Instant from, Instant to) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (int offset = 0; offset <= DEEPEST_OFFSET; offset += PAGE) {
            String query = "/api/logs?event=" + event + "&limit=" + PAGE + "&offset=" + offset + "&from="
                    + encoded(from) + "&to=" + encoded(to);
            JsonNode page = JSON.readTree(get(query).orElse("{}"));
            page.path("data").forEach(lines::add);
            if (!page.path("more").asBoolean()) {
                return lines;
            }
        }
        Instant middle = from.plus(Duration.between(from, to).dividedBy(2));
        if (!middle.isAfter(from)) {
            throw new IOException("too many log lines at " + from);
        }
        lines.clear();
        lines.addAll(logs(event, from, middle));
        lines.addAll(logs(event, middle, to));
        return lines;
    }

    private static String encoded(Instant time) {
        return URLEncoder.encode(time.toString(), StandardCharsets.UTF_8);
    }

    /** The body; empty if there is no such thing. */
    private Optional<String> get(String path) throws IOException {
        String root = base.toString().replaceAll("/+$", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create(root + path))
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 404) {
                return Optional.empty();
            }
            if (response.statusCode() != 200) {
                throw new IOException(root + path + " answered " + response.statusCode());
            }
            return Optional.of(response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + root + path);
        }
    }
}
