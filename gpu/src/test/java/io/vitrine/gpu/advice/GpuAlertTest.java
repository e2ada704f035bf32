package io.vitrine.gpu.advice;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.gpu.HealthReason;
import io.vitrine.gpu.HealthRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GpuAlertTest {

    private static final GpuTrends QUIET = new GpuTrends(null, 0, 0, null, null, null);

    static GpuReading gpu(Map<GpuMetric, Double> values, GpuTrends trends, HealthRule... rules) {
        List<HealthReason> reasons = Arrays.stream(rules)
                .map(rule -> new HealthReason(rule, rule.state(), ""))
                .toList();
        GpuHealth health = reasons.isEmpty()
                ? GpuHealth.GOOD
                : new GpuHealth(reasons.get(0).state(), reasons);
        GpuIdentity identity = new GpuIdentity(0, "GPU-1", "", "", "", "", "", "");
        return new GpuReading(identity, 1, true, values, Map.of(), 0, List.of(), List.of(), List.of(), trends, health);
    }

    private static AlertInput input(GpuReading gpu) {
        return new AlertInput(gpu, Duration.ZERO, 1, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "TEMPERATURE_HIGH, TEMPERATURE_CELSIUS, 80, false, false",
        "TEMPERATURE_HIGH, TEMPERATURE_CELSIUS, 81, true, false",
        "TEMPERATURE_HIGH, TEMPERATURE_CELSIUS, 75, false, false",
        "TEMPERATURE_HIGH, TEMPERATURE_CELSIUS, 74, false, true",
        "TEMPERATURE_CRITICAL, TEMPERATURE_CELSIUS, 86, true, false",
        "TEMPERATURE_MARGIN, TEMPERATURE_MARGIN_CELSIUS, 5, true, false",
        "TEMPERATURE_MARGIN, TEMPERATURE_MARGIN_CELSIUS, 6, false, false",
        "TEMPERATURE_MARGIN, TEMPERATURE_MARGIN_CELSIUS, 11, false, true",
        "MEMORY_TEMPERATURE, TEMPERATURE_MEMORY_CELSIUS, 96, true, false",
        "HARDWARE_ERRORS, ECC_UNCORRECTED_ERRORS, 0, false, true",
        "HARDWARE_ERRORS, ECC_UNCORRECTED_ERRORS, 1, true, false"
    })
    void firesBeyondItsThresholdAndClearsBeyondAnother(
            GpuAlert alert, GpuMetric metric, double value, boolean fires, boolean clears) {
        AlertInput input = input(gpu(Map.of(metric, value), QUIET));
        assertThat(alert.fires(input)).isEqualTo(fires);
        assertThat(alert.clears(input)).isEqualTo(clears);
    }

    @ParameterizedTest
    @EnumSource(GpuAlert.class)
    void neverFiresAndClearsAtOnceAndSaysWhatToDo(GpuAlert alert) {
        for (double value : new double[] {-1, 0, 0.3, 0.5, 0.55, 0.7, 0.9, 1, 10, 79, 100, 5000, 1e6}) {
            assertThat(alert.rule().fires(value) && alert.rule().clears(value)).isFalse();
        }
        assertThat(alert.recommendation()).isNotBlank();
        assertThat(alert.firesAfter()).isLessThanOrEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void theCoursesFourAreThereWithItsNumbers() {
        assertThat(GpuAlert.LOW_UTILIZATION.rule().threshold()).isEqualTo(0.50);
        assertThat(GpuAlert.MEMORY_HIGH.rule().threshold()).isEqualTo(0.90);
        assertThat(GpuAlert.TEMPERATURE_HIGH.rule().threshold()).isEqualTo(80);
        assertThat(GpuAlert.HARDWARE_ERRORS.rule().threshold()).isZero();
    }

    @Test
    void aLullIsNoUnderutilisation() {
        GpuReading idle = gpu(Map.of(), new GpuTrends(0.1, 0, 0, null, null, null));
        assertThat(GpuAlert.LOW_UTILIZATION.fires(input(idle))).isTrue();
        AlertInput lull = new AlertInput(idle, Duration.ZERO, 0.79, 0, 0);
        assertThat(GpuAlert.LOW_UTILIZATION.fires(lull)).isFalse();
        assertThat(GpuAlert.LOW_UTILIZATION.clears(lull)).isTrue();
    }

    @Test
    void memoryTakenInAdvanceCountsWhenItIsUsed() {
        GpuReading full =
                gpu(Map.of(GpuMetric.MEMORY_TOTAL_BYTES, 100.0, GpuMetric.MEMORY_OCCUPIED_BYTES, 95.0), QUIET);
        assertThat(GpuAlert.MEMORY_HIGH.fires(input(full))).isTrue();
        AlertInput empty = new AlertInput(full, Duration.ZERO, 1, 60, 0.5);
        assertThat(GpuAlert.MEMORY_HIGH.reading(empty)).hasValue(0.65);
        assertThat(GpuAlert.MEMORY_HIGH.clears(empty)).isTrue();
        assertThat(GpuAlert.MEMORY_HIGH.fires(new AlertInput(full, Duration.ZERO, 1, 60, 1)))
                .isTrue();
    }

    @Test
    void aLeakIsAMatterOfTheTimeThatIsLeft() {
        assertThat(GpuAlert.MEMORY_LEAK.fires(input(gpu(Map.of(), new GpuTrends(null, 0, 0, 1.0, 3599.0, null)))))
                .isTrue();
        assertThat(GpuAlert.MEMORY_LEAK.fires(input(gpu(Map.of(), new GpuTrends(null, 0, 0, 1.0, 3600.0, null)))))
                .isFalse();
        assertThat(GpuAlert.MEMORY_LEAK.clears(input(gpu(Map.of(), new GpuTrends(null, 0, 0, -1.0, null, null)))))
                .isTrue();
        assertThat(GpuAlert.MEMORY_LEAK.reading(input(gpu(Map.of(), QUIET)))).isEmpty();
    }

    @Test
    void throttlingIsAShareOfFiveMinutes() {
        assertThat(GpuAlert.THROTTLED.fires(input(gpu(Map.of(), new GpuTrends(null, 61, 0, null, null, null)))))
                .isTrue();
        assertThat(GpuAlert.THROTTLED.clears(input(gpu(Map.of(), new GpuTrends(null, 14, 0, null, null, null)))))
                .isTrue();
    }

    @Test
    void badXidsAndAFailedRemapAreHardwareErrors() {
        for (HealthRule rule : List.of(HealthRule.XID_RESET, HealthRule.XID_DEGRADED, HealthRule.REMAP_FAILED)) {
            assertThat(GpuAlert.HARDWARE_ERRORS.fires(input(gpu(Map.of(), QUIET, rule))))
                    .isTrue();
        }
        assertThat(GpuAlert.HARDWARE_ERRORS.fires(input(gpu(Map.of(), QUIET, HealthRule.XID_REPEATED))))
                .isFalse();
    }

    @Test
    void errorsThatHitSingleProcessesAreAWarningOfTheirOwn() {
        for (HealthRule rule : List.of(HealthRule.XID_RESTART, HealthRule.XID_REPEATED)) {
            AlertInput hit = input(gpu(Map.of(), QUIET, rule));
            assertThat(GpuAlert.APPLICATION_ERRORS.fires(hit)).isTrue();
            assertThat(GpuAlert.HARDWARE_ERRORS.fires(hit)).isFalse();
        }
        assertThat(GpuAlert.APPLICATION_ERRORS.clears(input(gpu(Map.of(), QUIET))))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"3000, false, false", "3001, true, false", "300, false, false", "299, false, true"})
    void correctedErrorsCountByTheirRate(double inFiveMinutes, boolean fires, boolean clears) {
        AlertInput input = input(gpu(Map.of(), new GpuTrends(null, 0, inFiveMinutes, null, null, null)));
        assertThat(GpuAlert.CORRECTED_ERRORS.fires(input)).isEqualTo(fires);
        assertThat(GpuAlert.CORRECTED_ERRORS.clears(input)).isEqualTo(clears);
    }

    @Test
    void aCardThatCannotBeReadIsToldApartFromADriverThatDoesNotAnswer() {
        for (HealthRule rule : List.of(HealthRule.DRIVER_MISMATCH, HealthRule.FORBIDDEN, HealthRule.STRANGE_ANSWERS)) {
            assertThat(GpuAlert.UNREADABLE.fires(input(gpu(Map.of(), QUIET, rule))))
                    .isTrue();
        }
        assertThat(GpuAlert.UNREADABLE.fires(input(gpu(Map.of(), QUIET, HealthRule.STALLED))))
                .isFalse();
        assertThat(GpuAlert.UNREADABLE.clears(input(gpu(Map.of(), QUIET, HealthRule.LOST))))
                .isTrue();
    }

    @Test
    void lostAndUnresponsiveSilenceTheOthers() {
        assertThat(GpuAlert.LOST.fires(input(gpu(Map.of(), QUIET, HealthRule.MISSING))))
                .isTrue();
        assertThat(GpuAlert.LOST.clears(input(gpu(Map.of(), QUIET)))).isTrue();
        AlertInput old = new AlertInput(gpu(Map.of(), QUIET), Duration.ofMillis(15_001), 1, 0, 0);
        assertThat(GpuAlert.COLLECTOR_UNRESPONSIVE.fires(old)).isTrue();
        AlertInput young = new AlertInput(gpu(Map.of(), QUIET), Duration.ofSeconds(15), 1, 0, 0);
        assertThat(GpuAlert.COLLECTOR_UNRESPONSIVE.clears(young)).isTrue();
        assertThat(GpuAlert.values())
                .filteredOn(GpuAlert::silencesOthers)
                .containsExactly(GpuAlert.LOST, GpuAlert.COLLECTOR_UNRESPONSIVE);
    }

    @Test
    void whatTheGpuLacksNeitherFiresNorClears() {
        AlertInput nothing = input(gpu(Map.of(), QUIET));
        for (GpuAlert alert : List.of(GpuAlert.MEMORY_HIGH, GpuAlert.TEMPERATURE_HIGH, GpuAlert.LOW_UTILIZATION)) {
            assertThat(alert.fires(nothing)).isFalse();
            assertThat(alert.clears(nothing)).isFalse();
        }
    }

    @Test
    void refusesAShareThatIsNone() {
        assertThatThrownBy(() -> new AlertInput(gpu(Map.of(), QUIET), Duration.ZERO, Double.NaN, 0, 0))
                .hasMessage("loadedShare must be from 0 to 1: NaN");
    }
}
