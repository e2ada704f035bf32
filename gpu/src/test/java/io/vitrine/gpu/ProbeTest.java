package io.vitrine.gpu;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.vitrine.gpu.nvml.NvmlSymbol;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The probe with its threads: starting, stopping, and a driver that holds one of them. */
class ProbeTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final ProbeClock REAL = new ProbeClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    private static GpuProbeSettings quick(FakeDriver driver) {
        return quick(driver, LIMIT);
    }

    private static GpuProbeSettings quick(FakeDriver driver, Duration deadline) {
        return new GpuProbeSettings(
                driver.library().toString(),
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                deadline,
                LIMIT,
                Duration.ofMillis(50),
                Duration.ofMinutes(10),
                false,
                Optional.empty());
    }

    @Test
    void readsHearsAndStopsInOrder() {
        FakeDriver driver = FakeDriver.oneGpu();
        RecordingListener listener = new RecordingListener();
        try (GpuProbe probe = GpuProbe.start(quick(driver), REAL, listener)) {
            await().atMost(LIMIT).until(() -> listener.snapshots.size() >= 3);
            assertThat(probe.snapshot().status().events()).isEqualTo(EventState.ALIVE);
            driver.set("@1 event gpu0 xid=79").at(1);
            await().atMost(LIMIT).until(() -> listener.heard.contains("0: OK -> FAILED"));
            assertThat(listener.heard).startsWith("event XID 79", "0: OK -> FAILED");
        }
        assertThat(listener.snapshots
                        .get(listener.snapshots.size() - 1)
                        .status()
                        .state())
                .isEqualTo(CollectorState.STOPPED);
        List<String> calls = driver.calls();
        assertThat(calls.subList(calls.size() - 2, calls.size()))
                .containsExactly("nvmlEventSetFree 0", "nvmlShutdown 0");
        assertThat(driver.count("nvmlInitWithFlags")).isOne();
        assertThat(driver.mostAtOnce()).isOne();
    }

    @Test
    void closesWithoutTheDriverWhenACallDoesNotReturn() {
        FakeDriver driver = FakeDriver.oneGpu();
        RecordingListener listener = new RecordingListener();
        GpuProbe probe = GpuProbe.start(quick(driver, Duration.ofMillis(200)), REAL, listener);
        await().atMost(LIMIT).until(() -> !listener.snapshots.isEmpty());
        driver.set("hang.nvmlDeviceGetEnforcedPowerLimit=1");
        await().atMost(LIMIT).until(() -> probe.calls().inside(NvmlSymbol.ENFORCED_POWER_LIMIT));
        await().atMost(LIMIT).until(() -> listener.heard.contains("unresponsive"));
        probe.close();
        assertThat(driver.count("nvmlShutdown")).isZero();
        assertThat(probe.snapshot().status().state()).isEqualTo(CollectorState.STOPPED);
        driver.remove("hang.");
        await().atMost(LIMIT)
                .until(() -> probe.calls().overdue(Long.MAX_VALUE / 2).isEmpty());
    }

    @Test
    void readsOnceForAPersonWhoAsks() throws Exception {
        FakeDriver driver = FakeDriver.oneGpu().set("gpu0.gpm.3=25");
        GpuSnapshot snapshot = GpuProbe.readOnce(quick(driver), REAL, LIMIT);
        assertThat(snapshot.status().state()).isEqualTo(CollectorState.RUNNING);
        assertThat(snapshot.gpus().get(0).value(GpuMetric.SM_OCCUPANCY_RATIO)).hasValue(0.25);
        assertThat(driver.count("nvmlShutdown")).isOne();
    }

    @Test
    void aListenerThatThrowsIsCountedAndChangesNothing() {
        GpuListener thrower = new GpuListener() {
            @Override
            public void snapshotTaken(GpuSnapshot snapshot) {
                throw new IllegalStateException("on purpose");
            }
        };
        try (GpuProbe probe = GpuProbe.start(quick(FakeDriver.oneGpu()), REAL, thrower)) {
            await().atMost(LIMIT).until(() -> probe.listenerFailures() >= 2);
            assertThat(probe.snapshot().gpus()).hasSize(1);
        }
    }

    @Test
    void refusesSettingsThatCannotWork() {
        GpuProbeSettings usual = GpuProbeSettings.DEFAULT;
        assertThatThrownBy(() -> new GpuProbeSettings(
                        " ",
                        usual.pollInterval(),
                        usual.eventWait(),
                        usual.callDeadline(),
                        usual.initDeadline(),
                        usual.lostRecheck(),
                        usual.absenceRecheck(),
                        true,
                        Optional.empty()))
                .hasMessageContaining("library");
        assertThatThrownBy(() -> new GpuProbeSettings(
                        "x",
                        Duration.ofMillis(9),
                        usual.eventWait(),
                        usual.callDeadline(),
                        usual.initDeadline(),
                        usual.lostRecheck(),
                        usual.absenceRecheck(),
                        true,
                        Optional.empty()))
                .hasMessage("pollInterval must be from PT0.01S to PT1H: PT0.009S");
        assertThatThrownBy(() -> new GpuProbeSettings(
                        "x",
                        usual.pollInterval(),
                        usual.eventWait(),
                        usual.callDeadline(),
                        Duration.ofSeconds(1),
                        usual.lostRecheck(),
                        usual.absenceRecheck(),
                        true,
                        Optional.empty()))
                .hasMessageContaining("initDeadline");
    }
}
