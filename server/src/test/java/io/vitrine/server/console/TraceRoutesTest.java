package io.vitrine.server.console;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.server.archive.StoredServer;
import io.vitrine.store.telemetry.SpanRow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TraceRoutesTest {

    private static final String BIG = "0123456789abcdef0123456789abcdef";
    private static final int SPANS = 50_000;
    private static final int PARENTS = 500;
    private static final long MICRO = 1_000;

    @TempDir
    static Path folder;

    private static StoredServer stored;
    private static String small;

    @BeforeAll
    static void start() {
        stored = new StoredServer(folder, 2);
        stored.chat("req_1", "hi");
        stored.chat("req_2", "hi");
        long start = Instant.now().toEpochMilli() * 1_000_000;
        record(0, -1, "gateway_request", start, SPANS * MICRO);
        for (int i = 1; i < SPANS; i++) {
            int parent = i <= PARENTS ? 0 : 1 + i % PARENTS;
            long from =
                    i <= PARENTS ? (i - 1) * 100L * MICRO : (parent - 1) * 100L * MICRO + (i / PARENTS) % 99 * MICRO;
            record(
                    i,
                    parent,
                    i <= PARENTS ? "decode" : "step_" + i % 3,
                    start + from,
                    i <= PARENTS ? 100 * MICRO : MICRO);
        }
        stored.store().flush();
        small = stored.ask("/api/requests/req_1", one -> one.has("trace"))
                .at("/trace/trace_id")
                .asText();
    }

    private static void record(int number, int parent, String name, long start, long duration) {
        boolean recorded = stored.store()
                .record(new SpanRow(
                        BIG,
                        id(number),
                        parent < 0 ? null : id(parent),
                        name,
                        start,
                        duration,
                        "default",
                        "req_big",
                        number % 1_000 == 7 ? "error" : "ok",
                        "{\"vitrine.step.index\":" + number + "}"));
        if (!recorded) {
            stored.store().flush();
            record(number, parent, name, start, duration);
        }
    }

    private static String id(int number) {
        return String.format("%016x", number + 1);
    }

    @AfterAll
    static void stop() {
        stored.close();
    }

    private static JsonNode ask(String path) {
        HttpResponse<String> response = stored.server().getManagement(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.parse(response.body());
    }

    private static int covered(JsonNode window) {
        int count = window.path("spans").size();
        for (JsonNode merged : window.path("merged")) {
            count += merged.path("count").asInt();
        }
        return count;
    }

    @Test
    void aBigTraceIsShownAsAScreenCanShowIt() {
        JsonNode window = ask("/api/traces/" + BIG + "/window?width=1000&rows=2000");

        assertThat(window.path("span_count").asInt()).isEqualTo(SPANS);
        assertThat(covered(window)).as("every span is in it, alone or merged").isEqualTo(SPANS);
        assertThat(window.path("spans").size()).isBetween(PARENTS, 2_000);
        assertThat(window.path("spans").size() + window.path("merged").size()).isLessThan(4_000);
        int errors = 0;
        for (JsonNode one : window.path("merged")) {
            errors += one.path("errors").asInt();
        }
        for (JsonNode one : window.path("spans")) {
            errors += one.path("status").asText().equals("error") ? 1 : 0;
        }
        assertThat(errors).isEqualTo(SPANS / 1_000);
    }

    @Test
    void zoomingInShowsEachSpan() {
        JsonNode window = ask("/api/traces/" + BIG + "/window?from_ns=1000000&to_ns=1050000&width=1000");

        assertThat(window.path("merged")).isEmpty();
        assertThat(window.path("spans").size()).isGreaterThan(40);
        for (JsonNode span : window.path("spans")) {
            long from = span.path("from_ns").asLong();
            assertThat(from).isLessThanOrEqualTo(1_050_000);
            assertThat(from + span.path("duration_ns").asLong()).isGreaterThanOrEqualTo(1_000_000);
        }
    }

    @Test
    void spansOfALaneDoNotOverlapAndChildrenAreBelow() {
        JsonNode window = ask("/api/traces/" + small + "/window");
        List<JsonNode> spans = new ArrayList<>();
        window.path("spans").forEach(spans::add);
        assertThat(spans).hasSize(window.path("span_count").asInt());
        for (JsonNode one : spans) {
            for (JsonNode other : spans) {
                boolean sameLane = !one.equals(other)
                        && one.path("lane").asInt() == other.path("lane").asInt();
                boolean apart = end(one) <= other.path("from_ns").asLong()
                        || end(other) <= one.path("from_ns").asLong();
                assertThat(!sameLane || apart).isTrue();
                if (other.path("id").asText().equals(one.path("parent").asText("-"))) {
                    assertThat(one.path("lane").asInt())
                            .isGreaterThan(other.path("lane").asInt());
                    assertThat(one.path("depth").asInt())
                            .isEqualTo(other.path("depth").asInt() + 1);
                }
            }
        }
    }

    private static long end(JsonNode span) {
        return span.path("from_ns").asLong() + span.path("duration_ns").asLong();
    }

    @Test
    void aSpanIsShownWithItsAttributes() {
        JsonNode span = ask("/api/traces/" + BIG + "/spans/" + id(777));
        assertThat(span.at("/attributes/vitrine.step.index").asInt()).isEqualTo(777);
        assertThat(stored.server()
                        .getManagement("/api/traces/" + BIG + "/spans/ffffffffffffffff")
                        .statusCode())
                .isEqualTo(404);
        assertThat(stored.server()
                        .getManagement("/api/traces/" + BIG + "/spans/x")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void exportsOtlp() {
        JsonNode otlp = ask("/api/traces/" + small + "/export?format=otlp");
        JsonNode spans = otlp.at("/resourceSpans/0/scopeSpans/0/spans");
        Set<String> ids = new HashSet<>();
        spans.forEach(span -> ids.add(span.path("spanId").asText()));
        assertThat(spans.size()).isGreaterThan(5);
        for (JsonNode span : spans) {
            assertThat(span.path("traceId").asText()).isEqualTo(small);
            assertThat(Long.parseLong(span.path("endTimeUnixNano").asText()))
                    .isGreaterThanOrEqualTo(
                            Long.parseLong(span.path("startTimeUnixNano").asText()));
            assertThat(!span.has("parentSpanId")
                            || ids.contains(span.path("parentSpanId").asText()))
                    .isTrue();
            for (JsonNode attribute : span.path("attributes")) {
                assertThat(attribute.path("value").size()).isEqualTo(1);
            }
        }
    }

    @Test
    void exportsChromesFormatWithNestedTracks() {
        JsonNode events = ask("/api/traces/" + small + "/export?format=chrome").path("traceEvents");
        List<JsonNode> bars = new ArrayList<>();
        events.forEach(event -> {
            if (event.path("ph").asText().equals("X")) {
                bars.add(event);
            }
        });
        assertThat(bars).hasSizeGreaterThan(5);
        for (JsonNode one : bars) {
            for (JsonNode other : bars) {
                double from = one.path("ts").asDouble();
                double to = from + one.path("dur").asDouble();
                double otherFrom = other.path("ts").asDouble();
                double otherTo = otherFrom + other.path("dur").asDouble();
                boolean partly = from < otherFrom - 1e-3 && otherFrom < to - 1e-3 && to < otherTo - 1e-3;
                assertThat(one.path("tid").asInt() == other.path("tid").asInt() && partly)
                        .isFalse();
            }
        }
    }

    @Test
    void comparesTwoTraces() {
        String other = ask("/api/requests/req_2").at("/trace/trace_id").asText();
        JsonNode compared = ask("/api/traces/compare?left=" + small + "&right=" + other);

        JsonNode root = compared.path("stages").get(0);
        assertThat(root.path("path").asText()).isEqualTo("gateway_request");
        assertThat(root.path("left_ms").asDouble())
                .isEqualTo(compared.at("/left/duration_ms").asDouble());
        assertThat(compared.path("stages").findValuesAsText("path"))
                .contains("gateway_request/inference_process/model_generate/decode");
        assertThat(stored.server()
                        .getManagement("/api/traces/compare?left=" + small + "&right=" + "0".repeat(32))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void showsNeighboursTokensStepsAndSlots() {
        JsonNode tokens = ask("/api/requests/req_1/tokens");
        assertThat(tokens.path("tokens").size()).isPositive();
        JsonNode neighbours = ask("/api/requests/req_1/neighbours");
        assertThat(neighbours.path("requests")).isEmpty();
        assertThat(neighbours.path("steps").size()).isPositive();
        assertThat(ask("/api/engine/steps").path("data").size()).isPositive();
        // The store writes behind the requests.
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            int steps = 0;
            for (JsonNode column : ask("/api/engine/steps?columns=50").path("columns")) {
                steps += column.path("steps").asInt();
            }
            assertThat(steps).isEqualTo(ask("/api/engine/steps").path("data").size());
            assertThat(ask("/api/engine/slots").path("runs").findValuesAsText("request_id"))
                    .contains("req_1", "req_2");
        });
        assertThat(ask("/api/engine/decisions").path("reasons").findValuesAsText("reason"))
                .contains("admitted");
        assertThat(ask("/api/timeline").has("items")).isTrue();
        assertThat(ask("/api/meters?names=vitrine_engine_slots,vitrine_requests_*")
                        .path("readings")
                        .size())
                .isGreaterThan(1);
        assertThat(ask("/api/telemetry/catalogue").size()).isPositive();
        assertThat(ask("/api/telemetry/store").path("files").size()).isPositive();
        assertThat(ask("/api/business").at("/totals/requests").asInt()).isEqualTo(2);
        assertThat(stored.server()
                        .getManagement("/api/business?from=2026-12-31&to=2026-01-01")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void damagedParentsDoNotHarm() {
        String circle = "ffffffffffffffffffffffffffffffff";
        long start = Instant.now().toEpochMilli() * 1_000_000;
        stored.store().record(new SpanRow(circle, id(1), id(2), "a", start, 10, null, null, "ok", "{}"));
        stored.store().record(new SpanRow(circle, id(2), id(1), "b", start, 10, null, null, "ok", "not json"));
        stored.store().record(new SpanRow(circle, id(3), id(3), "c", start, 10, null, null, "ok", "{}"));
        stored.store().flush();

        assertThat(covered(ask("/api/traces/" + circle + "/window"))).isEqualTo(3);
        assertThat(ask("/api/traces/" + circle + "/export?format=chrome")
                        .path("traceEvents")
                        .size())
                .isEqualTo(4);
    }
}
