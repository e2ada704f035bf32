package io.vitrine.observability.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.vitrine.gpu.ProbeClock;
import io.vitrine.gpu.host.HostReader;
import io.vitrine.gpu.host.HostWatch;
import io.vitrine.model.engine.StepReport;
import io.vitrine.observability.EngineState;
import io.vitrine.observability.ResourceAttributes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class HostViewMetricsTest {

    @TempDir
    private Path root;

    private final Clock clock = new Clock();
    private final Metrics metrics =
            new Metrics(MetricSettings.in(Path.of("target"), ResourceAttributes.of("", "1", "i", "h", "")));

    /** Stands until it is moved. */
    private static final class Clock implements ProbeClock {

        private long nanos;

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        void advance(Duration by) {
            nanos += by.toNanos();
        }
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private HostWatch host() {
        return new HostWatch(new HostReader(root, clock), clock, Duration.ofSeconds(1));
    }

    @Test
    void showsWhatTheMachineTellsUnderNamesThatAreNoGpus() throws IOException {
        write("proc/stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\n");
        write("proc/loadavg", "1.25 0.50 0.25 1/100 4242\n");
        write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\nSwapTotal: 8 kB\nSwapFree: 6 kB\n");
        write("sys/class/powercap/intel-rapl:0/name", "package-0\n");
        write("sys/class/powercap/intel-rapl:0/energy_uj", "1000000\n");
        metrics.watch(host());
        write("proc/stat", "cpu  160 0 110 710 120 0 0 0 99 0\n");
        write("sys/class/powercap/intel-rapl:0/energy_uj", "7000000\n");
        clock.advance(Duration.ofSeconds(2));

        assertThat(metrics.scrape(null).body().lines())
                .contains(
                        "system_cpu_utilization_ratio 0.7",
                        "vitrine_host_load_average 1.25",
                        "system_memory_utilization_ratio 0.75",
                        "system_paging_usage_bytes 2048.0",
                        "vitrine_host_cpu_energy_joules_total 6.0",
                        "vitrine_host_cpu_power_watts 3.0");
    }

    @Test
    void whatTheMachineDoesNotTellHasNoSeries() throws IOException {
        write("proc/loadavg", "1.25 0.50 0.25 1/100 4242\n");
        metrics.watch(host());

        assertThat(metrics.scrape(null).body())
                .contains("vitrine_host_load_average")
                .doesNotContain("system_cpu_utilization", "vitrine_host_cpu_power", "vitrine_host_memory_bandwidth");
    }

    @Test
    void aScrapeReadsTheFilesOnceAndTheNextOneSoonAfterNotAtAll() throws IOException {
        write("proc/loadavg", "1.25 0.50 0.25 1/100 4242\n");
        metrics.watch(host());
        write("proc/loadavg", "9.00 0.50 0.25 1/100 4242\n");

        assertThat(metrics.scrape(null).body()).contains("vitrine_host_load_average 1.25");
        clock.advance(Duration.ofSeconds(1));
        assertThat(metrics.scrape(null).body()).contains("vitrine_host_load_average 9.0");
    }

    @Test
    void bandwidthIsOfAModelOnTheProcessor() {
        metrics.watch(host());
        metrics.engineListener("m");
        metrics.watch("m", engine(true));
        metrics.scrape(null);
        metrics.engineListener("m").stepEnded(step(3));
        metrics.engineListener("m").stepEnded(step(2));
        clock.advance(Duration.ofSeconds(2));

        String scrape = metrics.scrape(null).body();
        assertThat(scrape.lines())
                .contains(
                        "vitrine_engine_memory_read_bytes_total{model=\"m\"} 2050.0",
                        "vitrine_host_memory_bandwidth_bytes_per_second 1025.0");
    }

    @Test
    void aModelOnAGpuReadsTheGpusMemory() {
        metrics.watch(host());
        metrics.watch("m", engine(false));
        metrics.engineListener("m").stepEnded(step(1));

        assertThat(metrics.scrape(null).body())
                .contains("vitrine_engine_memory_read_bytes_total{model=\"m\"} 1010.0")
                .doesNotContain("vitrine_host_memory_bandwidth");
    }

    private static EngineState engine(boolean ofHost) {
        EngineState.Memory memory = new EngineState.Memory(1_000, 10, ofHost);
        return new EngineState(() -> 0, () -> 0, () -> 0, () -> 0, 1, 1, 1, 1, memory);
    }

    /** A step after which running sequences hold so many pages. */
    private static StepReport step(int kvPages) {
        return new StepReport(
                0,
                0,
                1,
                1,
                0,
                0,
                1,
                1,
                0,
                0,
                0,
                1,
                0,
                kvPages,
                0,
                StepReport.CacheCounts.NONE,
                List.of(),
                Optional.empty());
    }
}
