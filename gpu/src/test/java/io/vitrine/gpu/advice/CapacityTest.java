package io.vitrine.gpu.advice;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.gpu.advice.CapacityAdvice.Kind;
import io.vitrine.gpu.host.HostMetric;
import io.vitrine.gpu.host.HostReading;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CapacityTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static GpuReading reading(Map<GpuMetric, Double> values, GpuTrends trends) {
        GpuIdentity identity = new GpuIdentity(0, "GPU-1", "", "", "", "", "", "");
        return new GpuReading(
                identity, 1, true, values, Map.of(), 0, List.of(), List.of(), List.of(), trends, GpuHealth.GOOD);
    }

    private static GpuReading gpu(double load, double occupied, double watts) {
        return reading(
                Map.of(
                        GpuMetric.UTILIZATION_RATIO, load,
                        GpuMetric.MEMORY_OCCUPIED_RATIO, occupied,
                        GpuMetric.POWER_WATTS, watts,
                        GpuMetric.POWER_LIMIT_WATTS, 100.0),
                GpuTrends.NONE);
    }

    private static List<CapacityAdvice> twoHours(GpuReading gpu, ServingLoad load) {
        CapacityHistory history = new CapacityHistory();
        for (int second = 0; second < 7200; second += 20) {
            history.add(START.plusSeconds(second), gpu, load);
        }
        return CapacityAdvisor.advise(CapacitySubject.GPU, history.minutes());
    }

    private static List<Kind> kinds(List<CapacityAdvice> advice) {
        return advice.stream().map(CapacityAdvice::kind).toList();
    }

    @Test
    void aMinuteIsTheMeanOfItsReadingsAndThePeakOfItsMemory() {
        CapacityHistory history = new CapacityHistory();
        history.add(START.plusSeconds(1), gpu(0.2, 0.5, 40), new ServingLoad(4, 1, 0));
        history.add(START.plusSeconds(59), gpu(0.6, 0.4, 60), new ServingLoad(4, 3, 2));
        history.add(START.plusSeconds(60), gpu(1, 1, 100), new ServingLoad(4, 4, 0));
        assertThat(history.minutes()).hasSize(2);
        assertThat(history.minutes().get(0)).isEqualTo(new CapacityMinute(START, 2, 0.4, 0.5, 0.5, false, 0.5, 1));
    }

    @Test
    void keepsADay() {
        CapacityHistory history = new CapacityHistory();
        for (int minute = 0; minute < 3000; minute++) {
            history.add(START.plus(Duration.ofMinutes(minute)), gpu(0.5, 0.5, 50), new ServingLoad(1, 1, 0));
        }
        assertThat(history.minutes()).hasSize(24 * 60 + 1);
    }

    @Test
    void anHourIsTheLeast() {
        CapacityHistory history = new CapacityHistory();
        history.add(START, gpu(0.1, 0.1, 10), new ServingLoad(8, 0, 0));
        assertThat(CapacityAdvisor.advise(CapacitySubject.GPU, history.minutes()))
                .containsExactly(
                        new CapacityAdvice(Kind.WAIT, "1 minutes of history; advice needs 60", Map.of("minutes", 1.0)));
    }

    @Test
    void anIdleGpuIsOneTooMany() {
        List<CapacityAdvice> advice = twoHours(gpu(0.25, 0.7, 30), new ServingLoad(8, 1, 0));
        assertThat(kinds(advice)).containsExactly(Kind.SCALE_DOWN);
        assertThat(advice.get(0).sentence())
                .isEqualTo("load was 25 % and 13 % of the slots were busy over 120 minutes: fewer GPUs would do");
        assertThat(advice.get(0).numbers()).containsEntry("utilizationMean", 0.25);
    }

    @Test
    void aQueueBesideAGpuWithRoomWantsSlots() {
        assertThat(kinds(twoHours(gpu(0.6, 0.5, 50), new ServingLoad(8, 8, 3))))
                .containsExactly(Kind.USE_MEMORY, Kind.ADD_SLOTS);
    }

    @Test
    void aQueueBesideABusyGpuWantsAnother() {
        List<CapacityAdvice> advice = twoHours(gpu(0.97, 0.95, 99), new ServingLoad(8, 8, 3));
        assertThat(kinds(advice)).containsExactly(Kind.SAVE_MEMORY, Kind.SCALE_UP, Kind.RAISE_POWER_LIMIT);
        assertThat(advice.get(1).sentence()).contains("100 % of the minutes", "97 % load");
    }

    @Test
    void aGpuThatTellsLittleIsJudgedByItsSlots() {
        GpuReading bare = reading(Map.of(GpuMetric.TEMPERATURE_CELSIUS, 50.0), GpuTrends.NONE);
        List<CapacityAdvice> advice = twoHours(bare, new ServingLoad(8, 8, 3));
        assertThat(kinds(advice)).containsExactly(Kind.ADD_SLOTS);
        assertThat(advice.get(0).sentence()).doesNotContain("NaN");
    }

    @Test
    void wellUsedIsLeftAlone() {
        assertThat(kinds(twoHours(gpu(0.7, 0.75, 70), new ServingLoad(8, 6, 0))))
                .containsExactly(Kind.KEEP);
    }

    @Test
    void aMachineIsJudgedByItsProcessorAndItsMemory() {
        CapacityHistory history = new CapacityHistory();
        for (int minute = 0; minute < 90; minute++) {
            history.add(START.plus(Duration.ofMinutes(minute)), host(0.25, 0.95), new ServingLoad(8, 1, 0));
        }

        List<CapacityAdvice> advice = CapacityAdvisor.advise(CapacitySubject.HOST, history.minutes());

        assertThat(kinds(advice)).containsExactly(Kind.SAVE_MEMORY, Kind.SCALE_DOWN);
        assertThat(advice.get(1).sentence()).endsWith("fewer machines would do");
        assertThat(history.minutes().get(0)).satisfies(minute -> {
            assertThat(minute.utilizationMean()).isEqualTo(0.25);
            assertThat(minute.powerMean()).isNaN();
        });
    }

    @Test
    void aMachineWithAQueueAndABusyProcessorWantsAnother() {
        CapacityHistory history = new CapacityHistory();
        for (int minute = 0; minute < 90; minute++) {
            history.add(START.plus(Duration.ofMinutes(minute)), host(0.99, 0.7), new ServingLoad(8, 8, 5));
        }

        assertThat(CapacityAdvisor.advise(CapacitySubject.HOST, history.minutes())
                        .get(0)
                        .sentence())
                .endsWith("at 99 % load: another machine is needed");
    }

    private static HostReading host(double load, double memory) {
        return new HostReading(
                0,
                START,
                Map.of(HostMetric.CPU_UTILIZATION_RATIO, load, HostMetric.MEMORY_USED_RATIO, memory),
                Map.of());
    }
}
