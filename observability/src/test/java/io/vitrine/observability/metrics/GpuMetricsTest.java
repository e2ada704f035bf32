package io.vitrine.observability.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.observability.TestGpus;
import io.vitrine.observability.catalogue.GpuMeters;
import io.vitrine.observability.catalogue.MeterDefinition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GpuMetricsTest {

    private static final String CARD = "gpu=\"0\",hw_id=\"GPU-1\",hw_model=\"NVIDIA H100\"";

    private final Metrics metrics = TestMetrics.start();
    private final GpuListener gpus = metrics.gpuListener();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void everyNumberHasASeriesOfItsOwnAndEveryFamilyIsInTheCatalogue() {
        gpus.snapshotTaken(TestGpus.snapshot(TestGpus.everything(), GpuHealth.GOOD, TestGpus.xid(79, 2)));

        List<String> lines = scrape().filter(line -> line.contains("GPU-1")).toList();
        int states = 4;
        assertThat(lines).hasSize(GpuMetric.values().length + states + 1);
        assertThat(families())
                .isEqualTo(GpuMeters.all().stream()
                        .map(MeterDefinition::prometheusName)
                        .collect(Collectors.toSet()));
        assertThat(lines)
                .contains(
                        "hw_gpu_utilization_ratio{" + CARD + ",part=\"general\"} 1.0",
                        "hw_status{" + CARD + ",hw_state=\"ok\"} 1.0",
                        "hw_status{" + CARD + ",hw_state=\"failed\"} 0.0",
                        "vitrine_gpu_xids_total{" + CARD + ",xid=\"79\"} 2.0")
                .anyMatch(line -> line.startsWith("hw_temperature_celsius{" + CARD + ",part=\"hottest\"}"))
                .anyMatch(line -> line.startsWith("hw_energy_joules_total{" + CARD + ",part=\"\"}"));
    }

    @Test
    void whatACardNoLongerTellsIsGoneAndNotZero() {
        gpus.snapshotTaken(TestGpus.snapshot(TestGpus.everything(), GpuHealth.GOOD));
        gpus.snapshotTaken(TestGpus.snapshot(Map.of(GpuMetric.POWER_WATTS, 70.0), GpuHealth.GOOD));

        assertThat(scrape().filter(line -> line.contains("GPU-1") && !line.startsWith("hw_status")))
                .containsExactly("hw_power_watts{" + CARD + ",part=\"\"} 70.0");

        gpus.snapshotTaken(TestGpus.snapshot(Map.of(GpuMetric.POWER_WATTS, 71.0), TestGpus.LOST));

        assertThat(scrape())
                .contains(
                        "hw_power_watts{" + CARD + ",part=\"\"} 71.0",
                        "hw_status{" + CARD + ",hw_state=\"failed\"} 1.0");
    }

    @Test
    void stateAndSilenceAreToldWithoutAReading() {
        gpus.snapshotTaken(TestGpus.snapshot(Map.of(GpuMetric.POWER_WATTS, 70.0), GpuHealth.GOOD));
        gpus.collectorUnresponsive(
                TestGpus.snapshot(CollectorState.UNRESPONSIVE, List.of()).status());
        gpus.healthChanged(TestGpus.CARD, GpuHealth.GOOD, TestGpus.LOST);

        assertThat(scrape())
                .as("what was read before the silence says nothing of now")
                .noneMatch(line -> line.startsWith("hw_power"))
                .contains("vitrine_gpu_driver_responsive 0.0", "hw_status{" + CARD + ",hw_state=\"failed\"} 1.0");

        gpus.collectorBack(Duration.ofSeconds(9));

        assertThat(scrape()).contains("vitrine_gpu_driver_responsive 1.0");
    }

    @Test
    void aMachineWithoutADriverHasNoSeries() {
        gpus.snapshotTaken(TestGpus.snapshot(CollectorState.NO_LIBRARY, List.of()));

        assertThat(families()).isEmpty();
    }

    @Test
    void dashboardsOfTheDcgmExporterFindItsNamesAndUnits() {
        try (Metrics dcgm = new Metrics(TestMetrics.settings().withDcgmNames())) {
            dcgm.gpuListener()
                    .snapshotTaken(TestGpus.snapshot(
                            Map.of(
                                    GpuMetric.UTILIZATION_RATIO, 0.25,
                                    GpuMetric.ENERGY_JOULES, 2.5,
                                    GpuMetric.MEMORY_USED_BYTES, 3.0 * (1 << 20)),
                            GpuHealth.GOOD,
                            TestGpus.xid(79, 2)));

            String labels = "{UUID=\"GPU-1\",device=\"nvidia0\",gpu=\"0\",modelName=\"NVIDIA H100\","
                    + "pci_bus_id=\"00000000:3B:00.0\"}";
            assertThat(dcgm.scrape(null).body().lines().filter(line -> line.startsWith("DCGM_")))
                    .containsExactlyInAnyOrder(
                            "DCGM_FI_DEV_GPU_UTIL" + labels + " 25.0",
                            "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION" + labels + " 2500.0",
                            "DCGM_FI_DEV_FB_USED" + labels + " 3.0",
                            "DCGM_FI_DEV_XID_ERRORS" + labels + " 79.0");
        }
    }

    private Stream<String> scrape() {
        return metrics.scrape(null).body().lines();
    }

    private Set<String> families() {
        return scrape().filter(line -> line.startsWith("# TYPE hw_") || line.startsWith("# TYPE vitrine_gpu_"))
                .map(line -> line.split(" ", -1)[2])
                .collect(Collectors.toSet());
    }
}
