package io.vitrine.server.tracing;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TraceIds;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.tenancy.TenantJson;
import io.vitrine.tenants.Tenant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.vitrine.server.tracing.TraceView.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The traces of requests to the real server, as a back-end sees them. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TracesTest {

    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    /** Says that the body is awaited. */
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private static final String SPAN_ID = "00f067aa0ba902b7";

    private final CollectedSpans spans = new CollectedSpans();
    private Telemetry telemetry = Telemetry.off();

    @AfterEach
    void close() {
        telemetry.close();
    }

    private TestServer start(double ratio, int slots, String... settings) {
        telemetry = Telemetry.start(spans.telemetry(ratio), System::nanoTime);
        return TestServer.start(telemetry, slots, settings);
    }

    @Test
    void aChatIsSeenFromTheSocketToTheSampledToken() {
        try (TestServer server = start(1, 4)) {
            JsonNode answer = server.json(TestServer.CHAT, chat("^", ""));
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(trace.tree())
                    .isEqualTo(
                            "gateway_request[auth_validate rate_limit_check request_read prompt_preparation queue_enqueue "
                                    + "inference_process[model_generate["
                                    + "prefill[attention_computation feed_forward output_head] "
                                    + "decode[attention_computation feed_forward output_head token_sampling]]] "
                                    + "response_formatting[ledger_write]]");
            assertThat(trace.text("http.route")).isEqualTo(TestServer.CHAT);
            assertThat(trace.text("http.request.method")).isEqualTo("POST");
            assertThat(trace.text("vitrine.outcome")).isEqualTo("completed");
            assertThat(number(trace.root(), "http.response.status_code")).isEqualTo(200);
            SpanData inference = trace.only("inference_process");
            assertThat(number(inference, "gen_ai.usage.input_tokens"))
                    .isEqualTo(answer.at("/usage/prompt_tokens").asLong());
            assertThat(number(inference, "gen_ai.usage.output_tokens"))
                    .isEqualTo(answer.at("/usage/completion_tokens").asLong());
            assertThat(inference.getAttributes().get(AttributeKey.stringKey("gen_ai.request.model")))
                    .isEqualTo(TestModel.NAME);
            assertThat(inference.getInstrumentationScopeInfo().getSchemaUrl()).contains("/gen-ai");
            assertThat(trace.root().getInstrumentationScopeInfo().getSchemaUrl())
                    .endsWith("/1.45.0");
            assertThat(trace.root().getEvents()).extracting(EventData::getName).contains("first_token");
            assertThat(trace.spans()).allMatch(span -> span.getStatus().getStatusCode() == StatusCode.UNSET);
        }
    }

    @Test
    void aConstraintShowsWhatItTook() {
        try (TestServer server = start(1, 4)) {
            for (int request = 0; request < 2; request++) {
                server.json(TestServer.CHAT, chat("^", "'guided_choice': ['zebra']"));
                TraceView trace = spans.awaitRequests(request + 1).get(request).requireWhole();

                assertThat(trace.tree()).contains("prompt_preparation[grammar_compile]");
                SpanData compilation = trace.only("grammar_compile");
                assertThat(compilation.getAttributes().get(AttributeKey.booleanKey("vitrine.constraint.cache_hit")))
                        .isEqualTo(request == 1);
                assertThat(number(compilation, "vitrine.constraint.states")).isPositive();
                SpanData sampling = trace.only("token_sampling");
                assertThat(number(sampling, "vitrine.forced_tokens")).isEqualTo(6);
                assertThat(number(sampling, "vitrine.constraint_ns"))
                        .isBetween(1L, sampling.getEndEpochNanos() - sampling.getStartEpochNanos());
            }
        }
    }

    @Test
    void spanLineAndAnswerAgreeOnTheRequest() {
        try (TestServer server = start(1, 4)) {
            HttpResponse<String> response = server.post(TestServer.CHAT, chat("^", "'n': 2"));
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();
            RequestSummary summary = server.awaitSummaries(1).get(0);

            assertThat(trace.text("vitrine.request_id"))
                    .isEqualTo(response.headers().firstValue("x-request-id").orElseThrow())
                    .isEqualTo(summary.requestId());
            assertThat(trace.root().getEndEpochNanos() - trace.root().getStartEpochNanos())
                    .isEqualTo(summary.durationNanos());
            SpanData queue = trace.childrenOf(trace.root()).get(4);
            assertThat(queue.getName()).isEqualTo("queue_enqueue");
            assertThat(queue.getEndEpochNanos() - queue.getStartEpochNanos())
                    .isEqualTo(summary.queueNanos().orElseThrow());
            assertThat(summary.trace())
                    .contains(
                            new TraceIds(trace.root().getTraceId(), trace.root().getSpanId()));
            assertThat(summary.traceKept()).isTrue();
            assertThat(trace.named("model_generate")).hasSize(2);
        }
    }

    @Test
    void theCallersTraceGoesOnHere() {
        try (TestServer server = start(0, 4)) {
            trustParents(server);
            server.send(server.postRequest(TestServer.CHAT, chat("^", ""))
                    .header("traceparent", "00-" + TRACE_ID + "-" + SPAN_ID + "-01")
                    .header("tracestate", "other=1")
                    .header("baggage", "session.id=s-1,secret=2")
                    .build());
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(trace.root().getTraceId()).isEqualTo(TRACE_ID);
            assertThat(trace.root().getParentSpanId()).isEqualTo(SPAN_ID);
            assertThat(trace.root().getSpanContext().getTraceState().get("other"))
                    .isEqualTo("1");
            assertThat(trace.text("vitrine.sampling.reason")).isEqualTo("caller");
            assertThat(trace.text("session.id")).isEqualTo("s-1");
            assertThat(trace.root().getAttributes().asMap().toString()).doesNotContain("secret");
        }
    }

    private static void trustParents(TestServer server) {
        assertThat(put(server, "{\"trust_parent\": [\"default\"]}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void anUntrustedCallersFlagKeepsNothing() {
        try (TestServer server = start(0, 4)) {
            call(server, "01", "ot=th:8");
            assertThat(server.awaitSummaries(1).get(0).traceKept()).isFalse();
            assertThat(server.summaries().get(0).trace().orElseThrow().traceId())
                    .isEqualTo(TRACE_ID);
        }
    }

    @Test
    void aTrustedCallersDecisionHoldsBothWays() {
        try (TestServer server = start(1, 4)) {
            trustParents(server);
            call(server, "00", "");
            assertThat(server.awaitSummaries(1).get(0).traceKept()).isFalse();
            call(server, "01", "");
            assertThat(server.awaitSummaries(2).get(1).traceKept()).isTrue();
        }
    }

    @Test
    void aTrustedCallersThresholdGoesOutAgain() {
        try (TestServer server = start(1, 4)) {
            trustParents(server);
            // Its randomness is f3a1..., above the threshold.
            call(server, "01", "a=1,ot=th:8;rv:f3a1b2c3d4e5f6;x:1,b=2");
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(entries(trace)).containsExactly("ot=th:8;rv:f3a1b2c3d4e5f6;x:1", "a=1", "b=2");
            assertThat(trace.root().getAttributes().get(AttributeKey.doubleKey("vitrine.sampling.adjusted_count")))
                    .isEqualTo(2);
        }
    }

    @Test
    void severalTraceStateHeadersAreOneList() {
        try (TestServer server = start(1, 4)) {
            call(server, "01", "a=1,,b=2", "c=3", "ot=rv:ffffffffffffff");
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(entries(trace)).containsExactly("ot=th:0;rv:ffffffffffffff", "a=1", "b=2", "c=3");
        }
    }

    @Test
    void aMalformedTraceStateIsDiscardedAndTheParentIsNot() {
        try (TestServer server = start(1, 4)) {
            call(server, "01", "a=1", "B=2");
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(trace.root().getParentSpanId()).isEqualTo(SPAN_ID);
            assertThat(entries(trace)).containsExactly("ot=th:0");
        }
    }

    private static List<String> entries(TraceView trace) {
        List<String> entries = new ArrayList<>();
        trace.root().getSpanContext().getTraceState().forEach((key, value) -> entries.add(key + "=" + value));
        return entries;
    }

    private static void call(TestServer server, String flags, String... states) {
        var request = server.postRequest(TestServer.CHAT, chat("^", ""))
                .header("traceparent", "00-" + TRACE_ID + "-" + SPAN_ID + "-" + flags);
        Stream.of(states).filter(state -> !state.isEmpty()).forEach(state -> request.header("tracestate", state));
        server.send(request.build());
    }

    @Test
    void withoutAReasonNothingIsKeptAndTheSummarySaysSo() {
        try (TestServer server = start(0, 4)) {
            server.json(TestServer.CHAT, chat("^", ""));
            server.get("/nothing");
            List<RequestSummary> summaries = server.awaitSummaries(2);

            assertThat(summaries).allSatisfy(summary -> {
                assertThat(summary.trace()).isPresent();
                assertThat(summary.traceKept()).isFalse();
            });
        }
        telemetry.close();
        assertThat(spans.all()).noneMatch(span -> span.getName().equals("gateway_request"));
    }

    @Test
    void probesAndScrapesLeaveNoTrace() {
        try (TestServer server = start(1, 4)) {
            server.get("/health");
            server.getManagement("/health/ready");
            server.getManagement("/health/live");
            server.get("/v1/models");
            TraceView models = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(models.tree()).isEqualTo("gateway_request[auth_validate response_formatting]");
            assertThat(models.text("http.route")).isEqualTo("/v1/models");
        }
    }

    @Test
    void refusalsSayWhyAndAreNoErrorsOfTheServer() throws IOException {
        try (TestServer server = start(1, 4)) {
            server.get("/nothing");
            server.post(TestServer.CHAT, chat("hi", "'n': 0"));
            server.exchange("nonsense\r\n\r\n");
            List<TraceView> traces = spans.awaitRequests(3);

            assertThat(traces).allSatisfy(trace -> {
                trace.requireWhole();
                assertThat(trace.text("vitrine.outcome")).isEqualTo("refused");
                assertThat(trace.root().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            });
            assertThat(traces)
                    .extracting(trace -> trace.text("error.type"))
                    .containsExactly("not_found", "invalid_request_error", "invalid_request_error");
            assertThat(traces.get(2).tree()).isEqualTo("gateway_request[response_formatting]");
        }
    }

    @Test
    void whoIsNotLetInHasTheCheckThatFailedAndNoTenant() {
        try (TestServer server = start(1, 4, "tenants.keys-required=true")) {
            String key = server.keyOf(tenant("'limits': {'requests-per-minute': 1}"));
            server.stopClock();
            server.post(TestServer.CHAT, chat("^", ""));
            server.post(TestServer.CHAT, chat("^", ""), key);
            server.post(TestServer.CHAT, chat("^", ""), key);
            List<TraceView> traces = spans.awaitRequests(3);

            assertThat(traces.get(0).tree()).isEqualTo("gateway_request[auth_validate response_formatting]");
            assertThat(traces.get(0).text("vitrine.tenant_id")).isNull();
            assertThat(traces.get(0).only("auth_validate").getStatus().getDescription())
                    .isEqualTo("authentication_error");
            assertThat(traces.get(1).text("vitrine.tenant_id")).isEqualTo("acme");
            assertThat(traces.get(1).only("rate_limit_check").getStatus().getStatusCode())
                    .isEqualTo(StatusCode.UNSET);
            assertThat(traces.get(2).tree())
                    .isEqualTo("gateway_request[auth_validate rate_limit_check response_formatting]");
            assertThat(traces.get(2).only("rate_limit_check").getStatus().getDescription())
                    .isEqualTo("request_rate_exceeded");
            assertThat(traces.get(2).text("error.type")).isEqualTo("request_rate_exceeded");
        }
    }

    /** At ratio 0 nobody else's is kept, but for failures. */
    @Test
    void aTenantsPolicyKeepsAllOfItsTracesOrNone() {
        try (TestServer server = start(0, 4)) {
            String never = server.keyOf(tenant("'traces': 'never'"));
            String always = server.keyOf(tenant("'traces': 'always'"));
            server.post(TestServer.CHAT, chat("^", ""));
            server.post(TestServer.CHAT, chat("^", ""), always);
            assertThat(spans.awaitRequests(1).get(0).text("vitrine.sampling.reason"))
                    .isEqualTo("priority_tenant");
            server.tenancy().registry().put(tenant("'traces': 'detailed'"), "test");
            server.post(TestServer.CHAT, chat("^", ""), always);
            assertThat(spans.awaitRequests(2).get(1).named("decode")).hasSizeGreaterThan(1);

            server.tenancy().registry().put(tenant("'traces': 'never'"), "test");
            server.runner().failAt(server.runner().steps().size() + 2);
            assertThat(server.post(TestServer.CHAT, chat("hi", ""), never).statusCode())
                    .isEqualTo(500);
            server.awaitSummaries(4);
            assertThat(server.summaries().get(3).traceKept()).isFalse();
        }
    }

    private static Tenant tenant(String more) {
        String json = "{'id': 'acme', " + more + "}";
        return TenantJson.parse(TestServer.parse(json.replace('\'', '"')), "the test");
    }

    @Test
    void aFailureOfTheModelIsKeptAtRatioZeroAndMarksWhatFailed() {
        try (TestServer server = start(0, 4)) {
            server.runner().failAt(2);
            server.post(TestServer.CHAT, chat("hi", ""));
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(trace.text("vitrine.sampling.reason")).isEqualTo("error");
            assertThat(trace.text("error.type")).isEqualTo("model_failed");
            for (String failed : List.of("gateway_request", "inference_process", "model_generate")) {
                assertThat(trace.only(failed).getStatus().getStatusCode())
                        .as(failed)
                        .isEqualTo(StatusCode.ERROR);
            }
        }
    }

    @Test
    void whoNeverGetsASlotHasAWaitAndNothingElse() {
        try (TestServer server = start(1, 1, "queue.limit=1")) {
            var gate = server.runner().holdAt(0);
            var running = server.postAsync(TestServer.CHAT, chat("^", ""));
            gate.awaitReached();
            var waiting = server.postAsync(TestServer.CHAT, chat("^", ""));
            await().until(() -> server.engine().waitingCount() == 1);
            server.post(TestServer.CHAT, chat("^", ""));
            server.advance(java.time.Duration.ofMinutes(11));
            gate.release();
            CompletableFuture.allOf(running, waiting).join();
            List<TraceView> traces = spans.awaitRequests(3);

            traces.forEach(TraceView::requireWhole);
            assertThat(traces)
                    .extracting(trace -> trace.text("error.type"))
                    .containsExactlyInAnyOrder("queue_full", "deadline_exceeded", "deadline_exceeded");
            assertThat(traces)
                    .extracting(TraceView::tree)
                    .contains(
                            "gateway_request[auth_validate rate_limit_check request_read prompt_preparation "
                                    + "response_formatting]",
                            "gateway_request[auth_validate rate_limit_check request_read prompt_preparation "
                                    + "queue_enqueue response_formatting[ledger_write]]");
        }
    }

    @Test
    void aClientThatLeavesIsACancelledTrace() throws IOException {
        try (TestServer server = start(1, 4)) {
            var gate = server.runner().holdAt(3);
            String body = chat("hi", "'max_tokens': 400");
            try (var socket = server.socket()) {
                socket.getOutputStream()
                        .write(
                                ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                                + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                gate.awaitReached();
            }
            server.awaitNoConnection();
            gate.release();
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(trace.text("vitrine.outcome")).isEqualTo("cancelled");
            assertThat(trace.text("error.type")).isEqualTo("cancelled");
            assertThat(trace.only("model_generate").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        }
    }

    @Test
    void aSlowBodyIsTheClientsTimeAndCoversARefusal() throws IOException {
        try (TestServer server = start(1, 4)) {
            String body = chat("hi", "'n': 0");
            try (var socket = server.socket()) {
                var out = socket.getOutputStream();
                out.write(head(body).getBytes(StandardCharsets.US_ASCII));
                out.write(body.substring(0, 5).getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readNBytes(CONTINUE.length());
                server.advance(Duration.ofSeconds(20));
                out.write(body.substring(5).getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().read();
            }
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(trace.tree())
                    .isEqualTo("gateway_request[auth_validate rate_limit_check request_read prompt_preparation "
                            + "response_formatting]");
            assertThat(trace.only("prompt_preparation").getStatus().getDescription())
                    .isEqualTo("invalid_request_error");
        }
    }

    @Test
    void aClientThatLeavesWhileItSendsIsCoveredByTheRead() throws IOException {
        try (TestServer server = start(1, 4)) {
            String body = chat("hi", "");
            try (var socket = server.socket()) {
                socket.getOutputStream().write((head(body) + body.substring(0, 5)).getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readNBytes(CONTINUE.length());
            }
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            // It is answered nonetheless: a client that has only closed its side may still read.
            assertThat(trace.tree())
                    .isEqualTo("gateway_request[auth_validate rate_limit_check request_read response_formatting]");
            assertThat(trace.text("vitrine.outcome")).isEqualTo("cancelled");
            assertThat(trace.text("error.type")).isEqualTo("cancelled");
            RequestSummary summary = server.awaitSummaries(1).get(0);
            assertThat(summary.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(summary.status()).isEqualTo(400);
        }
    }

    @Test
    void aPathHasNoKeyInItsSpanNorInItsAnswer() {
        try (TestServer server = start(1, 4)) {
            String key = "vt_0123456789abcdef";
            assertThat(server.get("/v1/" + key).body()).doesNotContain(key).contains("***");

            assertThat(spans.awaitRequests(1).get(0).text("url.path")).isEqualTo("/v1/***");
        }
    }

    @Test
    void aStreamIsCoveredByItsStages() {
        try (TestServer server = start(1, 4)) {
            server.stream(TestServer.CHAT, chat("^", "'stream': true"));
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();

            assertThat(trace.childrenOf(trace.root()))
                    .extracting(SpanData::getName)
                    .containsExactly(
                            "auth_validate",
                            "rate_limit_check",
                            "request_read",
                            "prompt_preparation",
                            "queue_enqueue",
                            "inference_process",
                            "response_formatting");
        }
    }

    private static String head(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n";
    }

    @Test
    void aDetailedTraceHasEveryStepAndEveryStepKnowsWhomItServed() {
        try (TestServer server = start(0, 4)) {
            server.send(server.postRequest(TestServer.CHAT, chat("^", ""))
                    .header("X-Vitrine-Trace", "detailed")
                    .build());
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();
            List<SpanData> own = trace.spans().stream()
                    .filter(span -> !span.getLinks().isEmpty())
                    .toList();
            List<SpanData> steps = spans.awaitNamed("engine_step", own.size());

            assertThat(trace.text("vitrine.sampling.reason")).isEqualTo("flagged");
            assertThat(trace.named("decode")).hasSizeGreaterThan(1).allSatisfy(decode -> {
                assertThat(number(decode, "vitrine.timed_steps")).isEqualTo(1);
                assertThat(trace.childrenOf(decode))
                        .extracting(SpanData::getName)
                        .containsExactly("attention_computation", "feed_forward", "output_head", "token_sampling");
            });
            assertThat(own)
                    .hasSize(trace.named("decode").size()
                            + trace.named("prefill").size());
            assertThat(linkedSpans(own)).isEqualTo(ids(steps));
            assertThat(linkedSpans(steps)).containsExactly(trace.root().getSpanId());
            for (SpanData step : steps) {
                long share = step.getLinks().get(0).getAttributes().get(AttributeKey.longKey("vitrine.share_ns"));
                assertThat(share)
                        .isLessThanOrEqualTo(step.getEndEpochNanos() - step.getStartEpochNanos())
                        .isGreaterThanOrEqualTo(number(step, "vitrine.model_ns"));
            }
        }
    }

    private static Set<String> linkedSpans(List<SpanData> from) {
        return from.stream()
                .flatMap(span -> span.getLinks().stream())
                .map(link -> link.getSpanContext().getSpanId())
                .collect(Collectors.toSet());
    }

    private static Set<String> ids(List<SpanData> of) {
        return of.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
    }

    @Test
    void rulesAreReadAndChangedWhileTheServerRuns() {
        try (TestServer server = start(0, 4)) {
            JsonNode before = TestServer.parse(
                    server.getManagement("/api/telemetry/tracing").body());
            assertThat(before.get("ratio").asDouble()).isZero();
            server.json(TestServer.CHAT, chat("^", ""));
            server.awaitSummaries(1); // its trace is decided upon after its answer is out

            HttpResponse<String> changed =
                    put(server, "{\"ratio\": 1, \"detailed_tenants\": [\"default\"], \"slow_request_ms\": 5000}");

            assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
            JsonNode after = TestServer.parse(changed.body());
            assertThat(after.get("ratio").asDouble()).isEqualTo(1);
            assertThat(after.get("slow_request_ms").asLong()).isEqualTo(5_000);
            assertThat(after.get("spans_per_second")).isEqualTo(before.get("spans_per_second"));
            assertThat(TestServer.parse(
                            server.getManagement("/api/telemetry/tracing").body()))
                    .isEqualTo(after);
            server.json(TestServer.CHAT, chat("^", ""));
            TraceView trace = spans.awaitRequests(1).get(0).requireWhole();
            assertThat(trace.named("decode")).hasSizeGreaterThan(1);
        }
    }

    @Test
    void aChangeThatBreaksARuleChangesNothing() {
        try (TestServer server = start(0.5, 4)) {
            String before = server.getManagement("/api/telemetry/tracing").body();

            assertRefused(put(server, "{\"ratio\": 1.5}"), "ratio must be a number between 0 and 1: 1.5");
            assertRefused(put(server, "{\"spans_per_second\": 0}"), "spans_per_second must be a whole number");
            assertRefused(put(server, "{\"ratios\": 1}"), "unknown field ratios; the fields are adaptive_ratio");
            assertRefused(put(server, "[]"), "the body must be a JSON object");
            assertRefused(put(server, "{\"detailed_tenants\": [1]}"), "detailed_tenants[0] must be a string: 1");
            assertThat(server.getManagement("/api/telemetry/tracing").body()).isEqualTo(before);
        }
    }

    @Test
    void rulesAreNotFoundWhenTracesAreOff() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.getManagement("/api/telemetry/tracing");

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("telemetry.traces.enabled");
        }
    }

    private static void assertRefused(HttpResponse<String> response, String message) {
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(TestServer.parse(response.body()).at("/error/message").asText())
                .startsWith(message);
    }

    private static HttpResponse<String> put(TestServer server, String body) {
        return server.putManagement("/api/telemetry/tracing", "application/json", body);
    }

    static String chat(String content, String more) {
        String fields = more.isEmpty() ? "" : ", " + more;
        return ("{'model': '" + TestModel.NAME + "', 'messages': [{'role': 'user', 'content': '" + content + "'}]"
                        + fields + "}")
                .replace('\'', '"');
    }
}
