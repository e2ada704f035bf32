package io.vitrine.observability.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.vitrine.observability.AlertReport;
import io.vitrine.observability.ConnectionCounts;
import io.vitrine.observability.ConstraintCompiled;
import io.vitrine.observability.EngineAges;
import io.vitrine.observability.EngineState;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.FeedbackGiven;
import io.vitrine.observability.IncidentCounts;
import io.vitrine.observability.LedgerCounts;
import io.vitrine.observability.LongestTimes;
import io.vitrine.observability.NotificationQueue;
import io.vitrine.observability.RecordedArchive;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.observability.ServiceQuality;
import io.vitrine.observability.ServiceQuality.Compliance;
import io.vitrine.observability.ServiceQuality.Opinion;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.ToolCalls;
import io.vitrine.observability.TracingStats;
import io.vitrine.observability.catalogue.ClientMemory;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.HttpPort;
import io.vitrine.observability.catalogue.KeepReason;
import io.vitrine.observability.catalogue.ListenerKind;
import io.vitrine.observability.catalogue.LogDestination;
import io.vitrine.observability.catalogue.LostLine;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.observability.catalogue.SpanLoss;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MetricsTest {

    private static final String MODEL = Summaries.MODEL;
    private static final String CHAT =
            "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"vitrine\",gen_ai_request_model=\"" + MODEL + "\"";

    private final Metrics metrics = TestMetrics.start();
    private final RequestListener requests = metrics.requestListener();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void registersWhatTheCatalogueListsAndNothingElse() {
        everythingHappens();

        Set<String> ours = metrics.registry().getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("vitrine") || name.startsWith("gen_ai"))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> listed =
                Meters.all().stream().map(MeterDefinition::name).collect(Collectors.toCollection(TreeSet::new));
        assertThat(ours).isEqualTo(listed);
    }

    @Test
    void bringsOtherMetersOnlyFromTheJvmAndTheProcess() {
        everythingHappens();

        assertThat(metrics.registry().getMeters())
                .extracting(meter -> meter.getId().getName())
                .allMatch(name -> name.matches("(vitrine|gen_ai|jvm|process|system)\\..+"))
                .contains(
                        "jvm.memory.used",
                        "jvm.threads.live",
                        "process.uptime",
                        "process.files.open",
                        "system.cpu.usage");
    }

    @Test
    void givesEveryMeterTheLabelsOfTheCatalogue() {
        everythingHappens();

        for (MeterDefinition definition : Meters.all()) {
            for (Meter meter : metrics.registry().find(definition.name()).meters()) {
                assertThat(meter.getId().getTags())
                        .as(definition.name())
                        .extracting(tag -> tag.getKey())
                        .containsExactlyInAnyOrderElementsOf(definition.labels().stream()
                                .map(label -> label.key())
                                .toList());
            }
        }
    }

    @Test
    void servesTextThatPrometheusReads() {
        everythingHappens();

        Exposition exposition = metrics.scrape("text/plain");

        assertThat(exposition.contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        PrometheusText text = PrometheusText.parse(exposition.body());
        assertThat(text.type("vitrine_requests_total")).isEqualTo("counter");
        assertThat(text.type("vitrine_kv_used_pages")).isEqualTo("gauge");
        assertThat(text.type("gen_ai_server_request_duration_seconds")).isEqualTo("histogram");
        assertThat(text.families())
                .contains(
                        "gen_ai_server_time_to_first_token_seconds",
                        "gen_ai_server_time_per_output_token_seconds",
                        "gen_ai_client_token_usage",
                        "jvm_memory_used_bytes");
    }

    @Test
    void servesOpenMetricsToWhoPrefersIt() {
        everythingHappens();

        Exposition exposition = metrics.scrape("application/openmetrics-text; version=1.0.0");

        assertThat(exposition.contentType()).isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        PrometheusText text = PrometheusText.parseOpenMetrics(exposition.body());
        assertThat(text.type("vitrine_requests")).isEqualTo("counter");
        assertThat(text.value("vitrine_faults_total")).isEqualTo(1);
    }

    @Test
    void countsEachEndOfARequestOnce() {
        metrics.engineListener(MODEL);
        List.of(
                        Summaries.completed(),
                        Summaries.refused(),
                        Summaries.cancelled(),
                        Summaries.timedOut(),
                        Summaries.failed())
                .forEach(requests::ended);

        PrometheusText text = scrape();
        assertThat(text.value(requestSeries("", MODEL, "completed", "/v1/chat/completions", "2xx")))
                .isEqualTo(1);
        assertThat(text.value(requestSeries("not_found", "", "refused", "unmatched", "4xx")))
                .isEqualTo(1);
        assertThat(text.value(requestSeries("", MODEL, "cancelled", "/v1/completions", "4xx")))
                .isEqualTo(1);
        assertThat(text.value(requestSeries("deadline_exceeded", MODEL, "timed_out", "/v1/completions", "5xx")))
                .isEqualTo(1);
        assertThat(text.value(requestSeries("model_failed", MODEL, "failed", "/v1/completions", "5xx")))
                .isEqualTo(1);
        assertThat(text.samples().keySet())
                .filteredOn(series -> series.startsWith("vitrine_requests_total"))
                .hasSize(5);
    }

    @Test
    void putsARequestsTimesIntoTheBucketsTheyBelongTo() {
        metrics.engineListener(MODEL);
        requests.ended(Summaries.completed());

        PrometheusText text = scrape();
        String duration = "gen_ai_server_request_duration_seconds";
        assertThat(text.value(duration + "_sum{" + CHAT + "}")).isCloseTo(1.234567891, within(1e-12));
        assertThat(text.value(duration + "_bucket{" + CHAT + ",le=\"1.203\"}")).isZero();
        assertThat(text.value(duration + "_bucket{" + CHAT + ",le=\"1.26\"}")).isEqualTo(1);
        assertThat(text.value("gen_ai_server_time_to_first_token_seconds_sum{" + CHAT + "}"))
                .isCloseTo(0.08, within(1e-12));
    }

    /** An answer's time is not blurred by requests that got none, and those are not lost. */
    @Test
    void keepsTheTimesOfAnswersApartFromThoseOfErrors() {
        metrics.engineListener(MODEL);
        List.of(Summaries.completed(), Summaries.cancelled(), Summaries.timedOut(), Summaries.failed())
                .forEach(requests::ended);

        PrometheusText text = scrape();
        assertThat(text.value("gen_ai_server_request_duration_seconds_count{" + CHAT + "}"))
                .isEqualTo(1);
        for (String outcome : List.of("completed", "cancelled", "timed_out", "failed")) {
            assertThat(text.value("vitrine_request_duration_seconds_count{outcome=\"" + outcome + "\"}"))
                    .as(outcome)
                    .isEqualTo(1);
        }
        assertThat(text.value("vitrine_request_duration_seconds_count{outcome=\"refused\"}"))
                .as("nothing was asked to be generated")
                .isZero();
    }

    /** A client may send any model's name, and 20 kinds of error: neither makes series of buckets. */
    @Test
    void makesNoBucketsForErrorsOrUnknownModels() {
        metrics.engineListener(MODEL);
        requests.ended(Summaries.completed());
        long before = bucketCount();

        requests.ended(Summaries.timedOut());
        requests.ended(Summaries.failed());
        requests.ended(Summaries.refused());

        assertThat(bucketCount() - before)
                .as("tokens of prompts that were computed for no answer, on another route")
                .isEqualTo(2 * 15);
    }

    private long bucketCount() {
        return metrics.scrape(null)
                .body()
                .lines()
                .filter(line -> line.contains("_bucket{"))
                .count();
    }

    @Test
    void countsTheTokensThatTheSummaryStates() {
        metrics.engineListener(MODEL);
        requests.ended(Summaries.completed());
        requests.ended(Summaries.timedOut());
        requests.ended(Summaries.refused());

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_input_tokens_total{model=\"" + MODEL + "\"}"))
                .isEqualTo(27);
        assertThat(text.value("vitrine_cached_tokens_total{model=\"" + MODEL + "\"}"))
                .isEqualTo(8);
        assertThat(text.value("vitrine_output_tokens_total{model=\"" + MODEL + "\"}"))
                .isEqualTo(16);
        assertThat(text.value("gen_ai_client_token_usage_sum{" + CHAT + ",gen_ai_token_type=\"output\"}"))
                .isEqualTo(16);
    }

    @Test
    void readsTheEngineAtEveryScrape() {
        AtomicInteger running = new AtomicInteger(2);
        metrics.watch(
                "m",
                new EngineState(
                        running::get,
                        () -> 5,
                        () -> 7,
                        () -> 1,
                        16,
                        128,
                        64,
                        32,
                        new EngineState.Memory(1_000, 10, true)));

        PrometheusText before = scrape();
        running.set(3);
        PrometheusText after = scrape();

        assertThat(before.value("vitrine_engine_running_sequences{model=\"m\"}"))
                .isEqualTo(2);
        assertThat(after.value("vitrine_engine_running_sequences{model=\"m\"}")).isEqualTo(3);
        assertThat(after.value("vitrine_engine_waiting_sequences{model=\"m\"}")).isEqualTo(5);
        assertThat(after.value("vitrine_engine_queue_limit{model=\"m\"}")).isEqualTo(128);
        assertThat(after.value("vitrine_engine_slots{model=\"m\"}")).isEqualTo(16);
        assertThat(after.value("vitrine_kv_used_pages{model=\"m\"}")).isEqualTo(7);
        assertThat(after.value("vitrine_kv_capacity_pages{model=\"m\"}")).isEqualTo(64);
        assertThat(after.value("vitrine_listener_failures_total{listener=\"engine\"}"))
                .isEqualTo(1);
    }

    @Test
    void goesOnCountingForOthersAfterAGarbageCollection() {
        AtomicInteger count = new AtomicInteger(4);
        metrics.countFailures(ListenerKind.REQUEST, count::doubleValue);

        System.gc();

        assertThat(scrape().value("vitrine_listener_failures_total{listener=\"request\"}"))
                .isEqualTo(4);
    }

    @Test
    void showsTheLastLoadOfAModel() {
        metrics.lifecycleListener().modelLoaded("m", Duration.ofMillis(1500));
        metrics.lifecycleListener().modelLoaded("m", Duration.ofMillis(2500));

        assertThat(scrape().value("vitrine_model_load_time_seconds{model=\"m\"}"))
                .isCloseTo(2.5, within(1e-12));
    }

    @Test
    void countsAModelThatIsNotConfiguredUnderOther() {
        for (int i = 0; i < 3; i++) {
            requests.ended(Summaries.completed());
        }

        assertThat(scrape().value(requestSeries("", "other", "completed", "/v1/chat/completions", "2xx")))
                .isEqualTo(3);
    }

    @Test
    void mapsMethodsThatNobodyKnowsToOne() {
        for (String method : List.of("GET", "get", "EVIL1", "EVIL2")) {
            Counter.builder("http.requests")
                    .tag("method", method)
                    .register(metrics.registry())
                    .increment();
        }

        PrometheusText text = scrape();
        assertThat(text.value("http_requests_total{method=\"GET\"}")).isEqualTo(1);
        assertThat(text.value("http_requests_total{method=\"_OTHER\"}")).isEqualTo(3);
    }

    @Test
    void offeredRequestsAreInFlightOrHaveEnded() {
        requests.offered("req_1");
        requests.offered("req_1");
        requests.offered(Summaries.completed().requestId());
        requests.ended(Summaries.completed());

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_requests_offered_total")).isEqualTo(3);
        assertThat(text.value("vitrine_requests_in_flight")).isEqualTo(2);
        assertThat(text.value("vitrine_requests_unaccounted")).isZero();
    }

    @Test
    void aRequestThatEndsTwiceIsUnaccounted() {
        requests.offered("other");
        requests.offered(Summaries.completed().requestId());
        requests.ended(Summaries.completed());
        requests.ended(Summaries.completed());

        assertThat(scrape().value("vitrine_requests_unaccounted")).isEqualTo(-1);
    }

    @Test
    void countsATenantsRequestsAndTokens() {
        requests.ended(Summaries.completed());
        requests.ended(Summaries.cancelled());

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_tenant_requests_total{outcome=\"completed\",tenant=\"default\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_tenant_input_tokens_total{tenant=\"default\"}"))
                .isEqualTo(27);
        assertThat(text.value("vitrine_tenant_output_tokens_total{tenant=\"default\"}"))
                .isEqualTo(16);
    }

    @Test
    void tellsWhatTelemetryItselfTakes() {
        scrape();

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_telemetry_series")).isGreaterThan(100);
        assertThat(text.value("vitrine_telemetry_scrape_time_seconds_count")).isEqualTo(1);
        assertThat(text.value("vitrine_telemetry_cpu_time_seconds_total{work=\"scrape\"}"))
                .isPositive();
    }

    @Test
    void asksTracingAtEveryScrape() {
        metrics.watch(new SomeTraces());

        PrometheusText text = scrape();
        assertThat(text.value("vitrine_traces_kept_total{reason=\"error\"}")).isEqualTo(12);
        assertThat(text.value("vitrine_traces_kept_total{reason=\"ratio\"}")).isZero();
        assertThat(text.value("vitrine_traces_dropped_total{reason=\"budget\"}"))
                .isEqualTo(3);
        assertThat(text.value("vitrine_spans_lost_total{reason=\"queue_full\"}"))
                .isEqualTo(7);
        assertThat(text.value("vitrine_spans_exported_total")).isEqualTo(40);
        assertThat(text.value("vitrine_spans_waiting")).isEqualTo(5);
        assertThat(text.value("vitrine_spans_export_lag_seconds")).isEqualTo(1.5);
        assertThat(text.value("vitrine_listener_failures_total{listener=\"trace\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_telemetry_exports_total{result=\"failed\",signal=\"traces\"}"))
                .isEqualTo(1);
        assertThat(text.value("vitrine_telemetry_export_lost_total{signal=\"traces\"}"))
                .isEqualTo(9);
    }

    /** Tracing that has done a little. */
    private static final class SomeTraces implements TracingStats {

        private final ExportCounts exports = new ExportCounts();

        SomeTraces() {
            exports.failed(9);
        }

        @Override
        public long keptTraces(KeepReason reason) {
            return reason == KeepReason.ERROR ? 12 : 0;
        }

        @Override
        public long droppedTraces(DropReason reason) {
            return reason == DropReason.BUDGET ? 3 : 0;
        }

        @Override
        public long lostSpans(SpanLoss reason) {
            return reason == SpanLoss.QUEUE_FULL ? 7 : 0;
        }

        @Override
        public long exportedSpans() {
            return 40;
        }

        @Override
        public ExportCounts exports() {
            return exports;
        }

        @Override
        public long failures() {
            return 1;
        }

        @Override
        public int waitingSpans() {
            return 5;
        }

        @Override
        public double lagSeconds() {
            return 1.5;
        }
    }

    @Test
    void namedReadingsShowRequestsThatNoScrapeHasShown() {
        metrics.requestListener().offered("r");
        metrics.requestListener().ended(Summaries.completed("r"));

        assertThat(metrics.readings(Set.of("vitrine_requests_total")))
                .singleElement()
                .satisfies(reading -> assertThat(reading.value()).isEqualTo(1));
        metrics.requestListener().offered("r-2");
        metrics.requestListener().ended(Summaries.completed("r-2"));
        assertThat(metrics.readings(Set.of("vitrine_requests_total")))
                .singleElement()
                .satisfies(reading -> assertThat(reading.value()).isEqualTo(2));
    }

    /** Uses every meter at least once. */
    private void everythingHappens() {
        metrics.watch(new LedgerCounts());
        metrics.watch(NotificationQueue.EMPTY);
        metrics.lifecycleListener()
                .notificationAttempted(
                        ReceiverKind.SLACK, DeliveryOutcome.DELIVERED, Duration.ofSeconds(1), Duration.ofSeconds(2));
        metrics.measured(new IncidentCounts(
                List.of(new IncidentCounts.Count("P1", "detected", 1)),
                List.of(new IncidentCounts.MeanTime("P1", IncidentCounts.Phase.DETECT, Duration.ofSeconds(1))),
                0));
        metrics.evaluated(new AlertReport(
                Map.of("P1", 1L),
                List.of(new AlertReport.ObjectiveReading(
                        "chat", MODEL, "normal", 0.5, 0.5, 60, Map.of("1h", new AlertReport.Window(1, 2)))),
                1,
                0,
                0,
                0,
                0,
                0,
                1_000));
        metrics.measured(new ServiceQuality(
                List.of(new Compliance("gold", 1, 0.99, 1, 1, 0.95)),
                List.of(new Opinion(Summaries.MODEL, "gold", 2, 0.5))));
        metrics.watch(new RecordedArchive().stats());
        metrics.engineListener(MODEL);
        metrics.generationListenerFactory(MODEL, Route.CHAT_COMPLETIONS);
        metrics.watch(
                MODEL,
                new EngineState(
                        () -> 0, () -> 0, () -> 0, () -> 0, 1, 1, 1, 1, new EngineState.Memory(1_000, 10, true)));
        metrics.watch(MODEL, new EngineAges(() -> 1, () -> 2, () -> 3));
        metrics.watchHealth(component -> true);
        metrics.lifecycleListener().modelLoaded(MODEL, Duration.ofSeconds(1));
        metrics.lifecycleListener().faulted("test", new IllegalStateException());
        metrics.countLostLines(LostLine.QUEUE_FULL, () -> 0);
        metrics.watchLogQueue(LogDestination.FILE, () -> 0, 1);
        metrics.watch(new SomeTraces());
        metrics.watch(new ConnectionCounts(HttpPort.API, 1));
        metrics.watchMemory(ClientMemory.BODIES, () -> 0, 1);
        metrics.watchPlanning(() -> 0, 1);
        for (RequestSummary summary : List.of(Summaries.completed(), Summaries.refused())) {
            requests.ended(summary);
            metrics.sliListener().ended(summary);
        }
        RequestIdentity asked =
                new RequestIdentity("r", Route.CHAT_COMPLETIONS, RequestSummary.DEFAULT_TENANT, Optional.empty());
        requests.constraintCompiled(asked, new ConstraintCompiled(MODEL, 0, 1, true, 2));
        requests.constraintRefused(asked, "not");
        requests.toolsCalled(asked, MODEL, new ToolCalls(1, 1, 1));
        metrics.sliListener()
                .ended(Summaries.completed()
                        .withLongest(new LongestTimes(OptionalLong.of(1), OptionalLong.of(2), OptionalLong.of(3))));
        metrics.sliListener()
                .feedbackGiven(
                        new RequestIdentity("r", Route.FEEDBACK, RequestSummary.DEFAULT_TENANT, Optional.empty()),
                        new FeedbackGiven("r-1", MODEL, Optional.empty(), 1));
    }

    private PrometheusText scrape() {
        return PrometheusText.parse(metrics.scrape(null).body());
    }

    private static String requestSeries(String error, String model, String outcome, String route, String status) {
        return "vitrine_requests_total{error_type=\"" + error + "\",model=\"" + model + "\",outcome=\"" + outcome
                + "\",route=\"" + route + "\",status_class=\"" + status + "\"}";
    }

    /** A reader sees by it that a counter has begun again at 0; plain text has no place for it. */
    @Test
    void tellsInOpenMetricsWhenEachCounterAndHistogramBegan() {
        long before = System.currentTimeMillis() / 1_000;
        metrics.engineListener(MODEL);
        requests.ended(Summaries.completed());

        String text =
                metrics.scrape("application/openmetrics-text; version=1.0.0").body();

        for (String series : List.of(
                "gen_ai_server_request_duration_seconds_created{" + CHAT + "} ",
                "vitrine_input_tokens_created{model=\"" + MODEL + "\"} ")) {
            assertThat(text.lines().filter(line -> line.startsWith(series)))
                    .singleElement()
                    .satisfies(line -> assertThat(Double.parseDouble(line.substring(series.length())))
                            .isBetween((double) before, before + 600.0));
        }
        assertThat(metrics.scrape(null).body()).doesNotContain("_created");
    }
}
