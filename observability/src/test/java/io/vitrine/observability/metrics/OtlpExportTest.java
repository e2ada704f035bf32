package io.vitrine.observability.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.resources.Resource;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.observability.Route;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.catalogue.Catalogue;
import io.vitrine.observability.catalogue.MeterKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class OtlpExportTest {

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> credentials = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private HttpServer collector;

    @BeforeEach
    void listen() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/metrics", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            credentials.add(exchange.getRequestHeaders().getFirst("x-key"));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void sendsMetersUnderTheirOwnNamesWithTheResource() {
        try (Metrics metrics = new Metrics(settings())) {
            metrics.startExport(() -> true);
            metrics.engineListener(Summaries.MODEL);
            metrics.requestListener().ended(Summaries.completed());
        }

        assertThat(bodies)
                .singleElement()
                .asString()
                .contains("gen_ai.server.time_to_first_token", "vitrine.requests", "service.instance.id", "instance-1");
        assertThat(credentials).containsExactly("secret");
    }

    @Test
    void countsABatchThatNobodyTook() {
        status = 400; // one that is not tried again
        Metrics metrics = new Metrics(settings());
        metrics.startExport(() -> true);
        metrics.close();

        PrometheusText text = PrometheusText.parse(metrics.scrape(null).body());
        assertThat(text.value("vitrine_telemetry_exports_total{result=\"failed\",signal=\"metrics\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_telemetry_exports_total{result=\"ok\",signal=\"metrics\"}"))
                .isZero();
        assertThat(text.value("vitrine_telemetry_export_lost_total{signal=\"metrics\"}"))
                .isGreaterThan(50);
    }

    @Test
    void turnsCumulativeBucketsIntoSeparateOnes() {
        MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Timer timer = Timer.builder("t")
                .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(20))
                .register(registry);
        for (int millis : new int[] {5, 6, 15, 99}) {
            timer.record(Duration.ofMillis(millis));
        }

        MetricData data = only(registry);

        assertThat(data.getUnit()).isEqualTo("s");
        var point = data.getHistogramData().getPoints().iterator().next();
        assertThat(point.getBoundaries()).containsExactly(0.01, 0.02);
        assertThat(point.getCounts()).containsExactly(2L, 1L, 1L);
        assertThat(point.getCount()).isEqualTo(4);
        assertThat(point.getSum()).isCloseTo(0.125, within(1e-9));
    }

    @Test
    void leavesOutALabelThatIsNotKnownAndKeepsSeriesOfOneNameTogether() {
        MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Counter.builder("c")
                .baseUnit("tokens")
                .tags("model", "m", "error", "")
                .register(registry)
                .increment(3);
        Counter.builder("c")
                .baseUnit("tokens")
                .tags("model", "n", "error", "e")
                .register(registry)
                .increment(4);

        MetricData data = only(registry);

        assertThat(data.getUnit()).isEqualTo("{token}");
        assertThat(data.getDoubleSumData().isMonotonic()).isTrue();
        assertThat(data.getDoubleSumData().getPoints())
                .extracting(point -> point.getAttributes().asMap().size() + " " + point.getValue())
                .containsExactlyInAnyOrder("1 3.0", "2 4.0");
    }

    /** A series that ends and begins again counts from 0 again, which its start says. */
    @Test
    void tellsWhenEachSeriesBegan() {
        MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MetricReadings readings = new MetricReadings(registry, new SeriesStarts(registry));
        Counter first = Counter.builder("c").tags("tenant", "a").register(registry);
        long began = start(readings);
        registry.remove(first);
        Counter.builder("c").tags("tenant", "a").register(registry);

        assertThat(start(readings)).isGreaterThan(began).isEqualTo(start(readings));
    }

    private static long start(MetricReadings readings) {
        return readings.produce(Resource.empty()).stream()
                .flatMap(data -> data.getDoubleSumData().getPoints().stream())
                .mapToLong(PointData::getStartEpochNanos)
                .findFirst()
                .orElseThrow();
    }

    /** Units of the Unified Code for Units of Measure that a meter of ours or of a library may have, beside annotations. */
    private static final Set<String> UNITS =
            Set.of("1", "s", "By", "By/s", "J", "mJ", "W", "Cel", "MHz", "MiBy", "%", "{currency}/{token}", "rpm");

    @Test
    void sendsUnitsThatUcumHas() {
        try (Metrics metrics =
                new Metrics(TestMetrics.settings().withVllmNames().withDcgmNames())) {
            metrics.engineListener(Summaries.MODEL);
            metrics.generationListenerFactory(Summaries.MODEL, Route.CHAT_COMPLETIONS);
            metrics.requestListener().ended(Summaries.completed());

            assertThat(Catalogue.meters()).hasSizeGreaterThan(200).allSatisfy(meter -> {
                assertUcum(meter.name(), meter.unit().ucum());
                if (meter.kind() == MeterKind.COUNTER) {
                    assertThat(meter.unit().ucum())
                            .as("what is counted by " + meter.name())
                            .isNotEqualTo("1");
                }
            });
            Map<String, String> sent = new MetricReadings(metrics.registry(), new SeriesStarts(metrics.registry()))
                    .produce(Resource.empty()).stream()
                            .collect(Collectors.toMap(MetricData::getName, MetricData::getUnit));
            sent.forEach(OtlpExportTest::assertUcum);
            assertThat(sent)
                    .hasSizeGreaterThan(80)
                    .containsEntry("gen_ai.client.token.usage", "{token}")
                    .containsEntry("gen_ai.server.request.duration", "s")
                    .containsEntry("vitrine.energy", "J")
                    .containsEntry("vitrine.requests", "{request}")
                    .containsEntry("jvm.threads.live", "{thread}");
        }
    }

    /** An annotation in braces is ASCII without blanks, singular by OpenTelemetry's convention. */
    private static void assertUcum(String name, String unit) {
        assertThat(UNITS.contains(unit) || unit.matches("\\{[a-z_]+}"))
                .as(name + " in " + unit)
                .isTrue();
        assertThat(unit.matches(".*[^s]s}") && !unit.equals("{series}"))
                .as(name + " in plural: " + unit)
                .isFalse();
    }

    private static MetricData only(MeterRegistry registry) {
        return new MetricReadings(registry, new SeriesStarts(registry))
                .produce(Resource.empty())
                .iterator()
                .next();
    }

    private MetricSettings settings() {
        URI endpoint = URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/metrics");
        return TestMetrics.settings()
                .withOtlp(new OtlpSettings(
                        endpoint,
                        Protocol.HTTP_PROTOBUF,
                        false,
                        Map.of("x-key", "secret"),
                        Duration.ofSeconds(5),
                        Duration.ofHours(1)));
    }
}
