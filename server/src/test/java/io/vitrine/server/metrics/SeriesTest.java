package io.vitrine.server.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.pipeline.PipelineLimits;
import io.vitrine.alerting.plan.AlertFile;
import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.Series;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.Route;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.FullServer;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.tenancy.TenantJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many series a scrape has after traffic of every kind: several tenants, both routes, streamed and whole, every
 * error.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SeriesTest {

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";
    private static final long MOST_SERIES = 3_000;
    private static final int SCRAPES = 50;
    private static final int EVALUATIONS = 300;

    @TempDir
    private Path folder;

    @Test
    void mixedTrafficLeavesABoundedNumberOfSeries() throws IOException {
        try (FullServer full = new FullServer(TestTelemetry.settings(), folder)) {
            full.load();
            answers(full.server());
            refusals(full.server());
            failures(full);

            for (String format : List.of("text/plain", OPEN_METRICS)) {
                String scrape = scrape(full.server(), format);
                long series = series(scrape);
                print(format, series, full.server());
                assertThat(series)
                        .as("series, the most of them %s", largest(families(scrape)))
                        .isLessThanOrEqualTo(MOST_SERIES);
            }
            evaluateAlerts(full.telemetry());
        }
    }

    /**
     * Of the shipped rules and objectives; prints the processor time of an evaluation, the reading of the meters
     * included.
     */
    private static void evaluateAlerts(Telemetry telemetry) {
        AlertPipeline pipeline = new AlertPipeline(AlertFile.shipped(), new PipelineLimits(20_000, 50, 100));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Double> millis = new ArrayList<>();
        for (int step = 1; step <= EVALUATIONS; step++) {
            long began = threads.getCurrentThreadCpuTime();
            List<Sample> samples = telemetry.readings(pipeline.metrics()).orElseThrow().stream()
                    .map(reading -> new Sample(new Series(reading.name(), reading.labels()), reading.value()))
                    .toList();
            AlertPipeline.Step evaluated = pipeline.step(step * 5_000L, samples);
            millis.add((threads.getCurrentThreadCpuTime() - began) / 1e6);
            assertThat(evaluated.failures()).isEmpty();
        }
        millis.sort(null);
        System.out.printf(
                "alerts: %d rules, %d series, an evaluation takes %.1f ms of a processor (median of %d; slowest %.1f ms)%n",
                pipeline.plan().rules().size(),
                pipeline.seriesCount(),
                millis.get(EVALUATIONS / 2),
                EVALUATIONS,
                millis.get(EVALUATIONS - 1));
    }

    @Test
    void theDocumentedNumberIsTheTestedOne() throws IOException {
        assertThat(Files.readString(Path.of("../docs/telemetry.md")).replaceAll("\\s+", " "))
                .contains("at most 3 000 series, after every kind of error too");
    }

    private static String scrape(TestServer server, String format) {
        return server.send(HttpRequest.newBuilder(server.managementUri("/metrics"))
                        .header("accept", format)
                        .build())
                .body();
    }

    private static long series(String scrape) {
        return scrape.lines().filter(line -> !line.startsWith("#")).count();
    }

    private static List<Map.Entry<String, Integer>> largest(Map<String, Integer> families) {
        return families.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(12)
                .toList();
    }

    /** For whoever measures; the machine of a test promises no time. */
    private static void print(String format, long series, TestServer server) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < SCRAPES; i++) {
            long began = System.nanoTime();
            scrape(server, format);
            millis.add((System.nanoTime() - began) / 1e6);
        }
        millis.sort(null);
        System.out.printf(
                "%s: %d series, a scrape takes %.1f ms (median of %d; slowest %.1f ms)%n",
                format, series, millis.get(SCRAPES / 2), SCRAPES, millis.get(SCRAPES - 1));
    }

    /** Of several tenants: chats and completions, streamed and whole. */
    private static void answers(TestServer server) {
        for (String tenant : List.of("default", "gold", "red", "green", "blue")) {
            String key = server.keyOf(TenantJson.parse(TestServer.parse("{\"id\":\"" + tenant + "\"}"), "test"));
            for (boolean stream : new boolean[] {false, true}) {
                String options = "\"model\":\"test/model\",\"max_tokens\":20,\"stream\":" + stream;
                String chat = "{" + options + ",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
                assertThat(server.post(TestServer.CHAT, chat, key).statusCode()).isEqualTo(200);
                String completion = "{" + options + ",\"prompt\":\"hi\",\"n\":2}";
                assertThat(server.post(TestServer.COMPLETIONS, completion, key).statusCode())
                        .isEqualTo(200);
            }
        }
    }

    private static void refusals(TestServer server) {
        for (String path : List.of(TestServer.CHAT, TestServer.COMPLETIONS)) {
            server.post(path, "{}");
            server.post(path, "{", "vt_wrong");
            server.post(path, "{\"model\":\"unknown\",\"messages\":[],\"prompt\":\"\"}");
            server.get(path);
        }
        server.get("/v1/nothing");
        server.get("/v1/models");
        server.get("/v1/models/" + TestModel.NAME);
        server.get("/health");
    }

    /** Every error type on both routes, as the request listener hears of it. */
    private static void failures(FullServer full) {
        RequestListener listener = full.telemetry().requestListener();
        for (Route route : List.of(Route.CHAT_COMPLETIONS, Route.COMPLETIONS)) {
            for (ErrorType type : ErrorType.values()) {
                listener.received(new RequestIdentity("r", route, "default", Optional.empty()));
                listener.ended(failed(route, type));
            }
        }
    }

    private static RequestSummary failed(Route route, ErrorType type) {
        return new RequestSummary(
                "r",
                route,
                Optional.of(TestModel.NAME),
                RequestSummary.DEFAULT_TENANT,
                Outcome.FAILED,
                500,
                false,
                0,
                5_000_000,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Tokens.NONE,
                0,
                Optional.empty(),
                Optional.of(type),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Map<String, Integer> families(String scrape) {
        Map<String, Integer> counts = new TreeMap<>();
        scrape.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .forEach(name -> counts.merge(name, 1, Integer::sum));
        return counts;
    }
}
