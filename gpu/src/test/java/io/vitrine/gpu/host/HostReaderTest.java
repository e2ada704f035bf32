package io.vitrine.gpu.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.vitrine.gpu.ManualClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class HostReaderTest {

    @TempDir
    Path root;

    private final ManualClock clock = new ManualClock();
    private HostReader reader;

    @BeforeEach
    void open() {
        reader = new HostReader(root, clock);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void loadIsTheShareOfTimeThatWasNotIdle() throws IOException {
        write("proc/stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\nintr 5\n");
        HostReading first = reader.read();
        assertThat(first.value(HostMetric.CPU_UTILIZATION_RATIO)).isEmpty();
        assertThat(first.whyAbsent(HostMetric.CPU_UTILIZATION_RATIO)).hasValue("needs a second reading");
        assertThat(first.value(HostMetric.CPU_COUNT)).hasValue(2);
        write("proc/stat", "cpu  160 0 110 710 120 0 0 0 99 0\n");
        assertThat(reader.read().value(HostMetric.CPU_UTILIZATION_RATIO)).hasValue(0.7);
    }

    @Test
    void bandwidthIsWhatStepsReadInTheTimeBetweenReadings() {
        HostMetric bandwidth = HostMetric.MEMORY_BANDWIDTH_BYTES_PER_SECOND;
        assertThat(reader.read().whyAbsent(bandwidth)).hasValue("no model runs on the processor here");
        AtomicLong bytes = new AtomicLong(1_000);
        reader.countStepBytes(bytes::get);
        HostReading first = reader.read();
        assertThat(first.value(bandwidth)).isEmpty();
        assertThat(first.tells(bandwidth)).isTrue();
        bytes.set(5_000);
        clock.advance(Duration.ofSeconds(2));
        assertThat(reader.read().value(bandwidth)).hasValue(2_000);
        clock.advance(Duration.ofSeconds(2));
        assertThat(reader.read().value(bandwidth)).hasValue(0);
    }

    @Test
    void aCountThatGoesBackGivesNoLoad() throws IOException {
        write("proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\n");
        reader.read();
        write("proc/stat", "cpu  90 0 100 800 100 0 0 0 0 0\n");
        assertThat(reader.read().value(HostMetric.CPU_UTILIZATION_RATIO)).isEmpty();
    }

    @Test
    void memoryIsWhatTheKernelCallsAvailable() throws IOException {
        write(
                "proc/meminfo",
                "MemTotal:       1000 kB\nMemFree: 10 kB\nMemAvailable:    250 kB\nSwapTotal: 8 kB\nSwapFree: 6 kB\n");
        write("proc/loadavg", "1.25 0.50 0.25 1/100 4242\n");
        HostReading reading = reader.read();
        assertThat(reading.value(HostMetric.MEMORY_TOTAL_BYTES)).hasValue(1000 * 1024);
        assertThat(reading.value(HostMetric.MEMORY_AVAILABLE_BYTES)).hasValue(250 * 1024);
        assertThat(reading.value(HostMetric.MEMORY_USED_RATIO)).hasValue(0.75);
        assertThat(reading.value(HostMetric.SWAP_USED_BYTES)).hasValue(2048);
        assertThat(reading.value(HostMetric.LOAD_AVERAGE)).hasValue(1.25);
    }

    @Test
    void powerIsThatOfThePackagesAndSurvivesAWrap() throws IOException {
        zone("intel-rapl:0", "package-0", 9_000_000, 10_000_000);
        zone("intel-rapl:0:0", "core", 5_000_000, 10_000_000);
        zone("intel-rapl:1", "package-1", 1_000_000, 10_000_000);
        zone("intel-rapl:2", "psys", 7_000_000, 10_000_000);
        assertThat(reader.read().value(HostMetric.POWER_WATTS)).isEmpty();
        clock.advance(Duration.ofSeconds(2));
        zone("intel-rapl:0", "package-0", 3_000_000, 10_000_000);
        zone("intel-rapl:1", "package-1", 5_000_000, 10_000_000);
        HostReading reading = reader.read();
        assertThat(reading.value(HostMetric.POWER_WATTS).orElseThrow()).isCloseTo(4, within(1e-9));
        assertThat(reading.value(HostMetric.ENERGY_JOULES).orElseThrow()).isCloseTo(8, within(1e-9));
    }

    private void zone(String zone, String name, long energy, long range) throws IOException {
        write("sys/class/powercap/" + zone + "/name", name + "\n");
        write("sys/class/powercap/" + zone + "/energy_uj", energy + "\n");
        write("sys/class/powercap/" + zone + "/max_energy_range_uj", range + "\n");
    }

    @Test
    void aMachineThatTellsNothingIsANormalAnswer() {
        HostReading reading = reader.read();
        assertThat(reading.values()).isEmpty();
        assertThat(reading.absences()).hasSize(HostMetric.values().length);
    }

    @Test
    void nonsenseIsNotAnError() throws IOException {
        write("proc/stat", "cpu  a b\n");
        write("proc/meminfo", "MemTotal: much kB\n:\n");
        write("proc/loadavg", "none\n");
        zone("intel-rapl:0", "package-0", 1, 2);
        write("sys/class/powercap/intel-rapl:0/energy_uj", "x\n");
        assertThat(reader.read().values()).isEmpty();
    }

    @Test
    void readsThisMachine() {
        HostReading reading = new HostReader(Path.of("/"), clock).read();
        if (Files.exists(Path.of("/proc/meminfo"))) {
            assertThat(reading.value(HostMetric.CPU_COUNT).orElseThrow()).isPositive();
            assertThat(reading.value(HostMetric.MEMORY_USED_RATIO).orElseThrow())
                    .isBetween(0.0, 1.0);
        } else {
            assertThat(reading.value(HostMetric.MEMORY_USED_RATIO)).isEmpty();
        }
    }
}
