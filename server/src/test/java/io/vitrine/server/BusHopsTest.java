package io.vitrine.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestHead;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.RequestTrace;
import io.vitrine.observability.Route;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.tracing.TracingRules;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import io.vitrine.server.tracing.CollectedSpans;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What Vert.x traces by itself belongs to the request it was done for. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BusHopsTest {

    private final CollectedSpans spans = new CollectedSpans();

    @Test
    void hopsOverTheEventBusAreKeptWithTheirRequest() throws Exception {
        Telemetry telemetry = Telemetry.start(settings(), System::nanoTime);
        Vertx vertx = VertxFactory.create(Optional.empty(), telemetry.openTelemetry(), telemetry.switches());
        try {
            vertx.eventBus().consumer("work", message -> message.reply("done"));
            int port = vertx.createHttpServer()
                    .requestHandler(request -> handle(vertx, telemetry, request))
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get()
                    .actualPort();
            HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                    .build(),
                            BodyHandlers.ofString());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            telemetry.close();
        }

        SpanData root = spans.all().stream()
                .filter(span -> span.getName().equals("gateway_request"))
                .findFirst()
                .orElseThrow();
        assertThat(spans.all()).allMatch(span -> span.getTraceId().equals(root.getTraceId()));
        SpanData sent = only(SpanKind.CLIENT);
        SpanData received = spans.all().stream()
                .filter(span -> span.getParentSpanId().equals(sent.getSpanId()))
                .findFirst()
                .orElseThrow();
        assertThat(sent.getParentSpanId()).isEqualTo(root.getSpanId());
        assertThat(received.getName()).isEqualTo(sent.getName());
    }

    private SpanData only(SpanKind kind) {
        List<SpanData> found =
                spans.all().stream().filter(span -> span.getKind() == kind).toList();
        assertThat(found).as(spans.all().toString()).hasSize(1);
        return found.get(0);
    }

    private static void handle(Vertx vertx, Telemetry telemetry, HttpServerRequest request) {
        RequestTrace trace = telemetry
                .requestTracing()
                .begin(new RequestHead(
                        "r", "GET", "http", "/", "1.1", "", 0, "", Optional.empty(), Optional.empty(), 0));
        vertx.eventBus().request("work", "please").onComplete(reply -> {
            trace.ended(new RequestSummary(
                    "r",
                    Route.MODELS,
                    Optional.empty(),
                    "default",
                    Outcome.COMPLETED,
                    200,
                    false,
                    0,
                    1,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Tokens.NONE,
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty()));
            request.response().end();
        });
    }

    private TelemetrySettings settings() {
        TracingRules rules = new TracingRules(
                1, 0, 1_000, Duration.ofHours(1), Duration.ofHours(1), Set.of(), Set.of(), Set.of(), Set.of(), 0);
        return TestTelemetry.settings(
                false,
                false,
                LogSettings.in(Path.of("unused")),
                CollectedSpans.tracing(rules, 1_000, OtelConfig.NONE, spans));
    }
}
