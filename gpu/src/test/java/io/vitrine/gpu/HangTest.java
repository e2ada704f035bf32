package io.vitrine.gpu;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.vitrine.gpu.nvml.NvmlSymbol;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A driver that does not come back: who notices, who waits, and what happens when it does come back. Time stands until the test moves it. */
class HangTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void aCallThatHangsMakesTheGpuUnknownAndNobodyWaits() throws Exception {
        FakeDriver driver = FakeDriver.oneGpu();
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            driver.set("hang.nvmlDeviceGetUtilizationRates=1");
            CompletableFuture<Void> poll = CompletableFuture.runAsync(rig.probe::pollOnce);
            await().atMost(LIMIT).until(() -> rig.probe.calls().inside(NvmlSymbol.UTILIZATION));
            int callsBefore = driver.calls().size();

            rig.clock.advance(Duration.ofSeconds(5));
            rig.probe.checkOnce();
            assertThat(rig.listener.heard).isEmpty();
            rig.clock.advance(Duration.ofMillis(1));
            rig.probe.checkOnce();
            rig.probe.checkOnce();

            GpuSnapshot snapshot = rig.probe.snapshot();
            assertThat(snapshot.status().state()).isEqualTo(CollectorState.UNRESPONSIVE);
            assertThat(snapshot.status().detail())
                    .isEqualTo("nvmlDeviceGetUtilizationRates has not returned for 5.0 s");
            assertThat(snapshot.gpus().get(0).health().state()).isEqualTo(HealthState.UNKNOWN);
            assertThat(Rig.rules(snapshot.gpus().get(0))).containsExactly(HealthRule.STALLED);
            assertThat(snapshot.gpus().get(0).value(GpuMetric.TEMPERATURE_CELSIUS))
                    .hasValue(35);
            assertThat(rig.probe.age()).hasMillis(5001);
            assertThat(rig.listener.heard).containsExactly("unresponsive", "0: OK -> UNKNOWN");
            assertThat(driver.calls()).hasSize(callsBefore);

            driver.remove("hang.");
            poll.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            // What the stuck poll brought is from before: it changes nothing.
            assertThat(rig.probe.snapshot().status().state()).isEqualTo(CollectorState.UNRESPONSIVE);
            rig.clock.advance(Duration.ofSeconds(1));
            assertThat(rig.poll().status().state()).isEqualTo(CollectorState.RUNNING);
            assertThat(rig.listener.heard).contains("back after 1000 ms");
            assertThat(rig.probe.snapshot().gpus().get(0).health().state()).isEqualTo(HealthState.UNKNOWN);
            rig.poll();
            assertThat(rig.pollOne().health().state()).isEqualTo(HealthState.OK);
            assertThat(driver.mostAtOnce()).isOne();
        }
    }

    @Test
    void anXidStillArrivesWhileThePollHangs() throws Exception {
        FakeDriver driver = FakeDriver.oneGpu();
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            driver.set("hang.nvmlDeviceGetFieldValues=1", "@1 event gpu0 xid=119");
            CompletableFuture<Void> poll = CompletableFuture.runAsync(rig.probe::pollOnce);
            await().atMost(LIMIT).until(() -> rig.probe.calls().inside(NvmlSymbol.FIELD_VALUES));
            rig.at(6);
            rig.probe.checkOnce();
            rig.probe.waitOnce(Duration.ZERO);
            assertThat(rig.probe.snapshot().gpus().get(0).health().state()).isEqualTo(HealthState.FAILED);
            assertThat(rig.listener.heard)
                    .containsExactly("unresponsive", "0: OK -> UNKNOWN", "event XID 119", "0: UNKNOWN -> FAILED");
            driver.remove("hang.");
            poll.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void aHangInTheWaitForEventsLeavesTheReadingsAndIsTold() throws Exception {
        FakeDriver driver = FakeDriver.oneGpu();
        try (Rig rig = new Rig(driver)) {
            rig.probe.heartbeat().started(0);
            rig.poll();
            driver.set("hang.nvmlEventSetWait_v2=1");
            CompletableFuture<Void> wait = CompletableFuture.runAsync(() -> rig.probe.waitOnce(Duration.ofSeconds(1)));
            await().atMost(LIMIT).until(() -> rig.probe.calls().inside(NvmlSymbol.EVENT_SET_WAIT));

            rig.at(15);
            rig.probe.pollOnce();
            rig.probe.checkOnce();
            assertThat(rig.probe.snapshot().gpus().get(0).health().state()).isEqualTo(HealthState.OK);
            rig.at(16);
            rig.probe.pollOnce();
            rig.probe.checkOnce();
            GpuSnapshot snapshot = rig.probe.snapshot();
            assertThat(snapshot.status()).isEqualTo(new CollectorStatus(CollectorState.RUNNING, "", EventState.SILENT));
            assertThat(Rig.rules(snapshot.gpus().get(0))).containsExactly(HealthRule.EVENTS_SILENT);

            driver.remove("hang.");
            wait.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            rig.at(17);
            rig.probe.pollOnce();
            assertThat(rig.probe.snapshot().gpus().get(0).health().state()).isEqualTo(HealthState.OK);
        }
    }

    @Test
    void anInitialisationMayTakeLonger() throws Exception {
        FakeDriver driver = FakeDriver.oneGpu().set("hang.nvmlInitWithFlags=1");
        try (Rig rig = new Rig(driver)) {
            CompletableFuture<Void> poll = CompletableFuture.runAsync(rig.probe::pollOnce);
            await().atMost(LIMIT).until(() -> rig.probe.calls().inside(NvmlSymbol.INIT));
            rig.at(30);
            rig.probe.checkOnce();
            assertThat(rig.probe.snapshot().status().state()).isEqualTo(CollectorState.STARTING);
            rig.at(31);
            rig.probe.checkOnce();
            assertThat(rig.probe.snapshot().status().state()).isEqualTo(CollectorState.UNRESPONSIVE);
            driver.remove("hang.");
            poll.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void readingsThatNobodyRenewsAreStale() {
        try (Rig rig = new Rig(FakeDriver.oneGpu())) {
            rig.poll();
            rig.at(15);
            rig.probe.checkOnce();
            assertThat(rig.probe.snapshot().status().state()).isEqualTo(CollectorState.RUNNING);
            rig.at(15.1);
            rig.probe.checkOnce();
            assertThat(rig.probe.snapshot().status().detail()).isEqualTo("no poll has ended for 15.1 s");
        }
    }
}
