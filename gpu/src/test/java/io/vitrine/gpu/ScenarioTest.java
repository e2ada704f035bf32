package io.vitrine.gpu;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.vitrine.gpu.nvml.NvmlReturn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.vitrine.gpu.HealthState.DEGRADED;
import static io.vitrine.gpu.HealthState.FAILED;
import static io.vitrine.gpu.HealthState.OK;
import static io.vitrine.gpu.HealthState.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

/**
 * Whole stories on the fake driver's timeline, polled once a second: what state, for which reasons, how soon. The times that
 * {@code docs/gpu.md} states are asserted here.
 */
class ScenarioTest {

    @Test
    void aGpuThatIsLostFailsAtTheNextPollAndIsNotAskedAgain() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@10.5 ret.gpu0=15"))) {
            rig.poll();
            double seen = rig.pollUntil(gpu -> gpu.health().state() == FAILED, 20);
            assertThat(seen).isEqualTo(11);
            GpuReading gpu = rig.probe.snapshot().gpus().get(0);
            assertThat(Rig.rules(gpu)).containsExactly(HealthRule.LOST);
            assertThat(gpu.answering()).isFalse();
            assertThat(gpu.values()).isEmpty();
            assertThat(gpu.identity().name()).isEqualTo("NVIDIA H100 80GB HBM3");

            long asked = rig.driver.count("nvmlDeviceGetFieldValues");
            rig.pollUntil(20);
            assertThat(rig.driver.count("nvmlDeviceGetFieldValues")).isEqualTo(asked);
        }
    }

    @Test
    void theXidBeforeALossIsSeenBeforeTheLoss() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@10.2 event gpu0 xid=79", "@10.2 ret.gpu0=15"))) {
            rig.poll();
            rig.pollUntil(gpu -> gpu.health().state() == FAILED, 20);
            assertThat(rig.listener.heard).startsWith("event XID 79", "0: OK -> FAILED");
            assertThat(Rig.rules(rig.probe.snapshot().gpus().get(0)))
                    .containsExactlyInAnyOrder(HealthRule.LOST, HealthRule.XID_HARDWARE);
        }
    }

    @Test
    void aLostGpuIsBackAfterAResetAndBeginsANewLife() {
        FakeDriver driver = FakeDriver.oneGpu()
                .set("@10 event gpu0 xid=79", "@10 ret.gpu0=15", "@20 generation=2", "@20 ret.gpu0=0");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            rig.pollUntil(12);
            double back = rig.pollUntil(gpu -> gpu.health().state() == OK, 80);
            // Asked again 30 s after the first initialisation at the latest; then three good polls.
            assertThat(back).isBetween(30.0, 45.0);
            GpuReading gpu = rig.probe.snapshot().gpus().get(0);
            assertThat(gpu.life()).isEqualTo(2);
            assertThat(rig.probe.snapshot().generation()).isEqualTo(2);
            assertThat(gpu.xids())
                    .extracting(tally -> tally.xid().code() + " x " + tally.count())
                    .containsExactly("79 x 1");
        }
    }

    @Test
    void anotherInitialisationIsDoneAtOnceWhenOursIsGone() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@5 generation=2"))) {
            rig.poll();
            GpuReading gpu = rig.pollUntil(5);
            assertThat(gpu.answering()).isTrue();
            assertThat(rig.probe.snapshot().generation()).isEqualTo(2);
            assertThat(gpu.health().state()).isEqualTo(OK);
            assertThat(gpu.life()).isOne();
        }
    }

    @ParameterizedTest(name = "XID {0}")
    @CsvSource({
        "48, FAILED, XID_RESET",
        "64, FAILED, XID_HARDWARE",
        "79, FAILED, XID_HARDWARE",
        "94, DEGRADED, XID_RESTART",
        "95, FAILED, XID_RESET",
        "63, DEGRADED, XID_DEGRADED",
        "119, FAILED, XID_RESET",
        "154, OK,",
        "13, OK,",
        "999, DEGRADED, XID_DEGRADED"
    })
    void anXidIsJudgedWhenItArrives(int xid, HealthState state, HealthRule rule) {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@3.5 event gpu0 xid=" + xid))) {
            rig.poll();
            rig.pollUntil(3);
            rig.at(3.5).probe.waitOnce(Duration.ZERO);
            GpuReading gpu = rig.probe.snapshot().gpus().get(0);
            assertThat(gpu.health().state()).isEqualTo(state);
            assertThat(Rig.rules(gpu)).isEqualTo(rule == null ? List.of() : List.of(rule));
            assertThat(gpu.xids()).hasSize(1);
        }
    }

    @Test
    void aBurstOfApplicationErrorsIsTheGpusFaultUntilItIsForgotten() {
        FakeDriver driver = FakeDriver.oneGpu();
        for (int i = 0; i < 20; i++) {
            driver.set("@" + (10 + i * 0.1) + " event gpu0 xid=13");
        }
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            rig.at(10.15).poll();
            assertThat(rig.probe.snapshot().gpus().get(0).health().state()).isEqualTo(OK);
            GpuReading gpu = rig.pollUntil(13);
            assertThat(gpu.health().reasons())
                    .containsExactly(
                            new HealthReason(HealthRule.XID_REPEATED, DEGRADED, "20 application XIDs in 10 minutes"));
            assertThat(rig.at(620).pollOne().health().state()).isEqualTo(OK);
            assertThat(rig.probe.snapshot().gpus().get(0).xids().get(0).count()).isEqualTo(20);
        }
    }

    @Test
    void anUncorrectableErrorWithARemapShowsEveryReason() {
        FakeDriver driver = FakeDriver.oneGpu()
                .set("@5 event gpu0 xid=48", "@5 event gpu0 xid=63", "@5 gpu0.fv.4=3:1", "@5 gpu0.fv.144=1:1");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            GpuReading gpu = rig.pollUntil(5);
            assertThat(gpu.health().state()).isEqualTo(FAILED);
            assertThat(Rig.rules(gpu))
                    .containsExactlyInAnyOrder(
                            HealthRule.XID_RESET,
                            HealthRule.XID_DEGRADED,
                            HealthRule.UNCORRECTED_ERRORS,
                            HealthRule.REMAP_WAITS);
        }
    }

    @Test
    void aResetXidStaysUntilSomeoneAcknowledges() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@5 event gpu0 xid=95"))) {
            rig.poll();
            rig.pollUntil(6);
            assertThat(rig.at(4000).pollOne().health().state()).isEqualTo(FAILED);
            assertThat(rig.probe.acknowledge("GPU-00000000")).isTrue();
            assertThat(rig.at(4001).pollOne().health().reasons().get(0).detail())
                    .isEqualTo("1 of 3 good polls");
            rig.at(4002).poll();
            assertThat(rig.at(4003).pollOne().health()).isEqualTo(GpuHealth.GOOD);
            assertThat(rig.probe.acknowledge("GPU-other")).isFalse();
        }
    }

    @Test
    void heatIsSeenByTheCountersAMinuteIntoIt() {
        FakeDriver driver = FakeDriver.oneGpu()
                .set("@100..160 gpu0.temp=lerp(70,92)", "@130 gpu0.throttle=0x20", "@150 gpu0.throttle=0x48");
        for (int i = 0; i < 100; i++) {
            driver.set("@" + (150 + i) + " gpu0.fv.270=3:" + i * 1_000_000_000L);
        }
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            assertThat(rig.pollUntil(140).throttleReasons()).containsExactly("sw_thermal");
            double seen = rig.pollUntil(gpu -> gpu.health().state() == DEGRADED, 260);
            assertThat(seen).isEqualTo(210);
            GpuReading gpu = rig.probe.snapshot().gpus().get(0);
            assertThat(Rig.rules(gpu)).containsExactly(HealthRule.THROTTLED);
            assertThat(gpu.throttleReasons()).containsExactly("hw_slowdown", "hw_thermal");
            assertThat(gpu.trends().throttledSeconds()).isCloseTo(60, within(1e-6));
            assertThat(gpu.value(GpuMetric.TEMPERATURE_CELSIUS)).hasValue(92);
            assertThat(gpu.health().predictsFailure()).isFalse();
        }
    }

    @Test
    void withoutCountersHeatIsSeenBySampling() {
        FakeDriver driver = FakeDriver.oneGpu().remove("gpu0.fv.27").set("@20 gpu0.throttle=0x40");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            assertThat(rig.pollUntil(gpu -> gpu.health().state() == DEGRADED, 100))
                    .isEqualTo(79);
        }
    }

    @Test
    void thePowerCapAloneIsNoFault() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("gpu0.throttle=0x4", "gpu0.util=100", "gpu0.gpm.3=50"))) {
            rig.poll();
            GpuReading gpu = rig.pollUntil(120);
            assertThat(gpu.health()).isEqualTo(GpuHealth.GOOD);
            assertThat(gpu.throttled()).isFalse();
            assertThat(gpu.throttleReasons()).containsExactly("power_cap");
        }
    }

    @Test
    void aStormOfCorrectedErrorsPredictsAFailureAtTheNextPoll() {
        FakeDriver driver = FakeDriver.oneGpu();
        for (int i = 0; i <= 10; i++) {
            driver.set("@" + (60 + i) + " gpu0.fv.3=3:" + 17_700 * i);
        }
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            assertThat(rig.pollUntil(gpu -> gpu.health().state() == DEGRADED, 100))
                    .isEqualTo(61);
            GpuReading gpu = rig.probe.snapshot().gpus().get(0);
            assertThat(Rig.rules(gpu)).containsExactly(HealthRule.CORRECTED_ERROR_RATE);
            assertThat(gpu.health().predictsFailure()).isTrue();
            // The storm is over: five minutes later the rate is, too.
            assertThat(rig.pollUntil(400).health().state()).isEqualTo(OK);
        }
    }

    @Test
    void memoryThatLeaksIsToldWithTheTimeUntilItIsFull() {
        FakeDriver driver = FakeDriver.oneGpu().set("@0..4000 gpu0.mem.used=lerp(0,80000000000)");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            for (int t = 10; t <= 1800; t += 10) {
                rig.at(t).poll();
            }
            GpuTrends trends = rig.probe.snapshot().gpus().get(0).trends();
            assertThat(trends.memoryBytesPerSecond().orElseThrow()).isCloseTo(2e7, withinPercentage(0.1));
            double free = 85899345920.0 - 536870912.0 - 36e9;
            assertThat(trends.memoryFullInSeconds().orElseThrow()).isCloseTo(free / 2e7, withinPercentage(0.1));
        }
    }

    @Test
    void theDriversOwnVerdictCounts() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@2 gpu0.fv.230=1:3", "@3 gpu0.fv.230=1:1"))) {
            rig.poll();
            assertThat(Rig.rules(rig.pollUntil(2))).containsExactly(HealthRule.RECOVERY_ADVISED);
            GpuReading gpu = rig.pollUntil(3);
            assertThat(gpu.health().state()).isEqualTo(FAILED);
            assertThat(gpu.health().reasons().get(0).detail()).isEqualTo("the driver says: reset the GPU");
        }
    }

    @Test
    void strangeAnswersMakeAGpuUnknownAfterThreePollsAndGoodAfterThree() {
        FakeDriver driver = FakeDriver.oneGpu()
                .set("@5 ret.nvmlDeviceGetUtilizationRates=999", "@9 ret.nvmlDeviceGetUtilizationRates=0");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            assertThat(rig.pollUntil(gpu -> gpu.health().state() == UNKNOWN, 20))
                    .isEqualTo(7);
            assertThat(rig.pollUntil(gpu -> gpu.health().state() == OK, 20)).isEqualTo(11);
        }
    }

    @Test
    void counterThatFellIsANewLife() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@3 event gpu0 xid=95", "@10 gpu0.energy=17"))) {
            rig.poll();
            assertThat(rig.pollUntil(9).health().state()).isEqualTo(FAILED);
            GpuReading gpu = rig.pollUntil(12);
            assertThat(gpu.life()).isEqualTo(2);
            assertThat(gpu.health().state()).isEqualTo(OK);
        }
    }

    @Test
    void aGpuThatIsNoLongerListedIsMissing() {
        FakeDriver driver = FakeDriver.create(FakeDriver.Build.NEW)
                .set("count=2", "@5 count=1")
                .gpu(0)
                .gpu(1);
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            rig.pollUntil(5);
            List<GpuReading> gpus = rig.probe.snapshot().gpus();
            assertThat(gpus.get(0).health().state()).isEqualTo(OK);
            assertThat(Rig.rules(gpus.get(1))).containsExactly(HealthRule.MISSING);
        }
    }

    @Test
    void fewerLanesAndFewerLinksAreFaultsAndALowGenerationIsNot() {
        FakeDriver driver = FakeDriver.oneGpu().set("gpu0.pcie.gen=1", "@5 gpu0.pcie.width=8", "@5 gpu0.fv.165.1=1:0");
        try (Rig rig = new Rig(driver)) {
            assertThat(rig.pollOne().health()).isEqualTo(GpuHealth.GOOD);
            assertThat(rig.pollUntil(5).health().reasons())
                    .extracting(HealthReason::detail)
                    .containsExactlyInAnyOrder("8 of 16 PCIe lanes", "1 of 2 NVLink links up");
        }
    }

    @Test
    void eachWayToHaveNoGpuHasItsOwnWords() {
        try (Rig rig = new Rig(FakeDriver.oneGpu(), "libnvidia-ml-none.so.1")) {
            GpuSnapshot snapshot = rig.poll();
            assertThat(snapshot.status().state()).isEqualTo(CollectorState.NO_LIBRARY);
            assertThat(snapshot.gpus()).isEmpty();
            assertThat(snapshot.status().sentence()).contains("no NVIDIA driver", "install the driver");
        }
        assertThat(stateWith("ret.nvmlInitWithFlags=9")).isEqualTo(CollectorState.DRIVER_NOT_LOADED);
        assertThat(stateWith("ret.nvmlInitWithFlags=18")).isEqualTo(CollectorState.VERSION_MISMATCH);
        assertThat(stateWith("ret.nvmlInitWithFlags=999")).isEqualTo(CollectorState.UNAVAILABLE);
        assertThat(stateWith("count=0")).isEqualTo(CollectorState.NO_GPUS);
    }

    private static CollectorState stateWith(String line) {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set(line))) {
            GpuSnapshot snapshot = rig.poll();
            assertThat(snapshot.gpus()).isEmpty();
            assertThat(snapshot.status().sentence()).isNotBlank();
            assertThat(snapshot.status().state().mend()).isNotBlank();
            return snapshot.status().state();
        }
    }

    @Test
    void aDriverThatIsLoadedLaterIsFound() {
        FakeDriver driver = FakeDriver.oneGpu().set("ret.nvmlInitWithFlags=9", "@31 ret.nvmlInitWithFlags=0");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            rig.at(29).poll();
            assertThat(driver.count("nvmlInitWithFlags")).isOne();
            assertThat(rig.at(60).poll().status().state()).isEqualTo(CollectorState.RUNNING);
        }
    }

    @Test
    void aDriverThatIsReplacedUnderUsMakesItsGpusUnknown() {
        FakeDriver driver = FakeDriver.oneGpu().set("@5 ret.gpu0=18", "@5 ret.nvmlInitWithFlags=18");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            GpuReading gpu = rig.pollUntil(5);
            assertThat(gpu.health().state()).isEqualTo(UNKNOWN);
            assertThat(Rig.rules(gpu)).containsExactly(HealthRule.DRIVER_MISMATCH);
            rig.pollUntil(36);
            assertThat(rig.probe.snapshot().status().state()).isEqualTo(CollectorState.VERSION_MISMATCH);
            assertThat(rig.probe.snapshot().gpus()).hasSize(1);
        }
    }

    @Test
    void eventsBreakAndAreRebuiltWithAPauseInBetween() {
        FakeDriver driver = FakeDriver.oneGpu().set("@5 ret.nvmlEventSetWait_v2=999", "@9 ret.nvmlEventSetWait_v2=10");
        try (Rig rig = new Rig(driver)) {
            rig.probe.heartbeat().started(0);
            rig.poll();
            rig.at(5);
            assertThat(rig.probe.waitOnce(Duration.ZERO)).hasSeconds(1);
            assertThat(rig.probe.waitOnce(Duration.ZERO)).hasSeconds(2);
            for (int i = 0; i < 9; i++) {
                rig.probe.waitOnce(Duration.ZERO);
            }
            assertThat(rig.probe.waitOnce(Duration.ZERO)).hasSeconds(30);
            rig.clock.at(22);
            rig.probe.pollOnce();
            assertThat(Rig.rules(rig.probe.snapshot().gpus().get(0))).containsExactly(HealthRule.EVENTS_SILENT);
            assertThat(rig.at(23).pollOne().health().state()).isEqualTo(OK);
        }
    }

    @Test
    void aSlowDriverIsAnEarlySign() {
        ManualClock clock = new ManualClock();
        GpuTracker tracker = new GpuTracker(reading(0));
        for (int i = 0; i < 100; i++) {
            clock.at(i);
            tracker.polled(reading(i < 90 ? 0.1 : 3), false, clock.nanoTime());
        }
        assertThat(tracker.health().reasons())
                .containsExactly(new HealthReason(HealthRule.SLOW_DRIVER, DEGRADED, "a poll takes 3.0 s"));
    }

    private static RawReading reading(double seconds) {
        return new RawReading(
                GpuIdentity.nameless(0),
                NvmlReturn.SUCCESS,
                false,
                false,
                Map.of(GpuMetric.UTILIZATION_RATIO, 0.5),
                Map.of(),
                0,
                List.of(),
                List.of(),
                seconds);
    }
}
