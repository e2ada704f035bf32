package io.vitrine.gpu;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.vitrine.gpu.nvml.NvmlReturn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The rules alone: one fact each, just on either side of its limit. */
class HealthRuleTest {

    private static final Map<GpuMetric, Double> WARM = Map.of(GpuMetric.TEMPERATURE_CELSIUS, 40.0);

    private static final HealthFacts WELL =
            new HealthFacts(NvmlReturn.SUCCESS, 0, false, WARM, GpuTrends.NONE, List.of(), Map.of(), false, null);

    private static HealthFacts answering(NvmlReturn answer) {
        return new HealthFacts(answer, 0, false, WARM, GpuTrends.NONE, List.of(), Map.of(), false, null);
    }

    private static HealthFacts with(GpuMetric metric, double value) {
        return new HealthFacts(
                NvmlReturn.SUCCESS, 0, false, Map.of(metric, value), GpuTrends.NONE, List.of(), Map.of(), false, null);
    }

    private static HealthFacts with(GpuTrends trends) {
        return new HealthFacts(NvmlReturn.SUCCESS, 0, false, WARM, trends, List.of(), Map.of(), false, null);
    }

    private static HealthFacts with(int... xids) {
        List<XidMemory.Held> held = Arrays.stream(xids)
                .mapToObj(code -> new XidMemory.Held(XidTable.find(code), 0))
                .toList();
        return new HealthFacts(NvmlReturn.SUCCESS, 0, false, WARM, GpuTrends.NONE, held, Map.of(), false, null);
    }

    private static HealthFacts strange(int polls) {
        return new HealthFacts(
                NvmlReturn.UNKNOWN, polls, false, WARM, GpuTrends.NONE, List.of(), Map.of(), false, null);
    }

    static Stream<Arguments> facts() {
        return Stream.of(
                arguments(WELL, null),
                arguments(
                        new HealthFacts(
                                NvmlReturn.SUCCESS,
                                0,
                                false,
                                Map.of(),
                                GpuTrends.NONE,
                                List.of(),
                                Map.of(),
                                false,
                                null),
                        HealthRule.UNREADABLE),
                arguments(answering(NvmlReturn.GPU_IS_LOST), HealthRule.LOST),
                arguments(answering(NvmlReturn.RESET_REQUIRED), HealthRule.RESET_REQUIRED),
                arguments(answering(NvmlReturn.INSUFFICIENT_POWER), HealthRule.INSUFFICIENT_POWER),
                arguments(answering(NvmlReturn.LIB_RM_VERSION_MISMATCH), HealthRule.DRIVER_MISMATCH),
                arguments(answering(NvmlReturn.DRIVER_NOT_LOADED), HealthRule.DRIVER_GONE),
                arguments(answering(NvmlReturn.NO_PERMISSION), HealthRule.FORBIDDEN),
                arguments(answering(NvmlReturn.IRQ_ISSUE), HealthRule.INTERRUPTS),
                arguments(answering(NvmlReturn.CORRUPTED_INFOROM), HealthRule.INFOROM),
                arguments(answering(NvmlReturn.UNKNOWN), null),
                arguments(strange(2), null),
                arguments(strange(3), HealthRule.STRANGE_ANSWERS),
                arguments(with(GpuMetric.REMAP_FAILURE, 0), null),
                arguments(with(GpuMetric.REMAP_FAILURE, 1), HealthRule.REMAP_FAILED),
                arguments(with(GpuMetric.UNREPAIRABLE_MEMORY, 1), HealthRule.UNREPAIRABLE),
                arguments(with(GpuMetric.REMAP_PENDING, 1), HealthRule.REMAP_WAITS),
                arguments(with(GpuMetric.RETIREMENT_PENDING, 1), HealthRule.RETIREMENT_WAITS),
                arguments(with(GpuMetric.SRAM_ERRORS_EXCEEDED, 1), HealthRule.SRAM_EXCEEDED),
                arguments(with(GpuMetric.ECC_UNCORRECTED_ERRORS, 1), HealthRule.UNCORRECTED_ERRORS),
                arguments(with(GpuMetric.RECOVERY_ACTION, 0), null),
                arguments(with(GpuMetric.RECOVERY_ACTION, 1), HealthRule.RECOVERY_NEEDED),
                arguments(with(GpuMetric.RECOVERY_ACTION, 3), HealthRule.RECOVERY_ADVISED),
                arguments(with(GpuMetric.RECOVERY_ACTION, 7), HealthRule.RECOVERY_NEEDED),
                arguments(with(GpuMetric.RECOVERY_ACTION, 8), null),
                arguments(with(new GpuTrends(null, 59, 0, null, null, null)), null),
                arguments(with(new GpuTrends(null, 60, 0, null, null, null)), HealthRule.THROTTLED),
                arguments(with(new GpuTrends(null, 0, 3000, null, null, null)), null),
                arguments(with(new GpuTrends(null, 0, 3001, null, null, null)), HealthRule.CORRECTED_ERROR_RATE),
                arguments(with(new GpuTrends(null, 0, 0, null, null, 2.0)), null),
                arguments(with(new GpuTrends(null, 0, 0, null, null, 2.1)), HealthRule.SLOW_DRIVER),
                arguments(with(13, 31), null),
                arguments(with(13, 31, 43), HealthRule.XID_REPEATED),
                arguments(with(45, 45, 45), null),
                arguments(with(63), HealthRule.XID_DEGRADED),
                arguments(with(94), HealthRule.XID_RESTART),
                arguments(with(95), HealthRule.XID_RESET),
                arguments(with(79), HealthRule.XID_HARDWARE));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void oneFactOneRule(HealthFacts facts, HealthRule rule) {
        GpuHealth health = HealthRule.judge(facts);
        assertThat(health.reasons().stream().map(HealthReason::rule))
                .isEqualTo(rule == null ? List.of() : List.of(rule));
        assertThat(health.state()).isEqualTo(rule == null ? HealthState.OK : rule.state());
    }

    @Test
    void theWorstRuleDecidesAndEveryReasonIsKept() {
        HealthFacts facts = new HealthFacts(
                NvmlReturn.SUCCESS,
                0,
                false,
                Map.of(GpuMetric.REMAP_PENDING, 1.0),
                GpuTrends.NONE,
                List.of(new XidMemory.Held(XidTable.find(48), 0)),
                Map.of(),
                false,
                "a call has not returned");
        GpuHealth health = HealthRule.judge(facts);
        assertThat(health.state()).isEqualTo(HealthState.FAILED);
        assertThat(health.reasons())
                .extracting(HealthReason::rule)
                .containsExactly(HealthRule.XID_RESET, HealthRule.STALLED, HealthRule.REMAP_WAITS);
        assertThat(health.has(HealthRule.STALLED)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(HealthState.class)
    void onlyAWorkingGpuIsUsable(HealthState state) {
        assertThat(state.usable()).isEqualTo(state == HealthState.OK || state == HealthState.DEGRADED);
    }

    @Test
    void anXidIsForgottenAfterTenMinutesUnlessItIsTheGpusFault() {
        XidMemory memory = new XidMemory();
        memory.add(XidTable.find(13), 0, Instant.EPOCH);
        memory.add(XidTable.find(63), 0, Instant.EPOCH);
        long tenMinutes = Duration.ofMinutes(10).toNanos();
        assertThat(memory.held(tenMinutes)).hasSize(2);
        assertThat(memory.held(tenMinutes + 1))
                .extracting(held -> held.xid().code())
                .containsExactly(63);
        memory.forgive();
        assertThat(memory.held(tenMinutes + 1)).isEmpty();
        assertThat(memory.tallies()).hasSize(2);
    }

    @Test
    void aStormOfOneXidIsBoundedAndCounted() {
        XidMemory memory = new XidMemory();
        for (int i = 0; i < 10_000; i++) {
            memory.add(XidTable.find(13), i, Instant.ofEpochSecond(i));
        }
        assertThat(memory.held(10_000)).hasSize(256);
        assertThat(memory.tallies())
                .containsExactly(new XidTally(XidTable.find(13), 10_000, Instant.ofEpochSecond(9_999)));
    }
}
