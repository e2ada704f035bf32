package io.vitrine.server.alerting;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.pipeline.PipelineLimits;
import io.vitrine.alerting.plan.AlertFile;
import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.slo.SloSeries;
import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.DriverInfo;
import io.vitrine.gpu.EventState;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.gpu.Xid;
import io.vitrine.gpu.XidClass;
import io.vitrine.gpu.XidTally;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.Catalogue;
import io.vitrine.observability.catalogue.Label;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.SliMeters;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Rules and objectives name meters in text; these are the meters. */
class RuleMetersTest {

    private static final PipelineLimits LIMITS = new PipelineLimits(10_000, 50, 100);

    @Test
    void burnRateRulesReadTheMetersOfObjectives() {
        assertThat(SliMeters.BURN_RATE.prometheusName()).isEqualTo(SloSeries.BURN_RATE);
        assertThat(SliMeters.EVENTS.prometheusName()).isEqualTo(SloSeries.EVENTS);
        for (MeterDefinition meter : List.of(SliMeters.BURN_RATE, SliMeters.EVENTS)) {
            assertThat(meter.labels())
                    .extracting(Label::prometheusName)
                    .containsExactlyInAnyOrder(
                            SloSeries.OBJECTIVE_LABEL,
                            SloSeries.WINDOW_LABEL,
                            SloSeries.MODEL_LABEL,
                            SloSeries.TENANT_CLASS_LABEL);
        }
    }

    @Test
    void everyMetricThatIsReadIsInTheCatalogue() {
        Set<String> known =
                Catalogue.meters().map(MeterDefinition::prometheusName).collect(Collectors.toSet());

        assertThat(new AlertPipeline(AlertFile.shipped(), LIMITS).metrics())
                .contains("vitrine_sli_requests_total", "vitrine_sli_first_token_seconds_bucket")
                .allSatisfy(metric ->
                        assertThat(known).containsAnyOf(metric, metric.replaceAll("_(bucket|count|sum)$", "")));
    }

    /** A matcher for a label value that no series has would keep its rule silent for ever. */
    @Test
    void gpuRulesReadTheSeriesOfAReading() {
        try (Telemetry telemetry = TestTelemetry.metrics()) {
            telemetry.gpuListener().snapshotTaken(snapshot());
            telemetry.startReaders();
            AlertPipeline pipeline = new AlertPipeline(AlertFile.shipped(), LIMITS);
            Set<String> metrics = pipeline.metrics();
            for (int step = 1; step <= 3; step++) {
                pipeline.step(
                        Duration.ofSeconds(15L * step).toMillis(),
                        telemetry.readings(metrics).orElseThrow().stream()
                                .map(reading ->
                                        new Sample(new Series(reading.name(), reading.labels()), reading.value()))
                                .toList());
            }

            assertThat(pipeline.plan().rules())
                    .filteredOn(rule -> rule.name().startsWith("Gpu"))
                    .hasSize(17);
            assertThat(pipeline.rulesWithoutData()).noneMatch(rule -> rule.startsWith("Gpu"));
            assertThat(pipeline.alerts())
                    .extracting(alert -> alert.rule().name())
                    .contains("GpuHardwareErrors", "GpuMemoryHigh", "GpuRemapFailed");
        }
    }

    /** Of a GPU that has every value there is. */
    private static GpuSnapshot snapshot() {
        Map<GpuMetric, Double> values = new EnumMap<>(GpuMetric.class);
        for (GpuMetric metric : GpuMetric.values()) {
            values.put(metric, 1.0);
        }
        GpuReading reading = new GpuReading(
                new GpuIdentity(0, "GPU-1", "card", "", "", "", "", ""),
                1,
                true,
                values,
                Map.of(),
                0,
                List.of(),
                List.of(),
                List.of(new XidTally(new Xid(79, XidClass.RESET, "fell off the bus", "reset it"), 1, Instant.EPOCH)),
                GpuTrends.NONE,
                GpuHealth.GOOD);
        return new GpuSnapshot(
                0,
                Instant.EPOCH,
                1,
                new CollectorStatus(CollectorState.RUNNING, "", EventState.ALIVE),
                DriverInfo.NONE,
                List.of(reading),
                0,
                0);
    }
}
