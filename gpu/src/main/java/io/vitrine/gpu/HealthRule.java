package io.vitrine.gpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

import io.vitrine.gpu.nvml.NvmlReturn;

/** The rules of a GPU's health: independent of each other, each with the state it leads to; the worst one is the GPU's. */
public enum HealthRule {
    /** The GPU does not answer any more: fallen off the bus, or otherwise inaccessible. */
    LOST(HealthState.FAILED, facts -> answers(facts, NvmlReturn.GPU_IS_LOST)),
    /** The driver no longer lists a GPU that was there. */
    MISSING(HealthState.FAILED, facts -> when(facts.missing(), "the driver no longer lists it")),
    /** The driver wants a reset first. */
    RESET_REQUIRED(HealthState.FAILED, facts -> answers(facts, NvmlReturn.RESET_REQUIRED)),
    /** Power cables. */
    INSUFFICIENT_POWER(HealthState.FAILED, facts -> answers(facts, NvmlReturn.INSUFFICIENT_POWER)),
    /** An XID after which only a reset helps. */
    XID_RESET(HealthState.FAILED, facts -> xid(facts, XidClass.RESET)),
    /** An XID that tells of broken hardware. */
    XID_HARDWARE(HealthState.FAILED, facts -> xid(facts, XidClass.HARDWARE)),
    /** The driver's own verdict: reset, reboot. */
    RECOVERY_NEEDED(HealthState.FAILED, facts -> recovery(facts, HealthState.FAILED)),
    /** A memory row could not be remapped. */
    REMAP_FAILED(HealthState.FAILED, facts -> flag(facts, GpuMetric.REMAP_FAILURE, "remapping of a memory row failed")),
    /** The driver says the memory cannot be repaired. */
    UNREPAIRABLE(HealthState.FAILED, facts -> flag(facts, GpuMetric.UNREPAIRABLE_MEMORY, "memory cannot be repaired")),

    /** A call into the driver does not return, or no poll ended for long. */
    STALLED(HealthState.UNKNOWN, facts -> Optional.ofNullable(facts.stallOrNull())),
    /** The driver was replaced under us. */
    DRIVER_MISMATCH(HealthState.UNKNOWN, facts -> answers(facts, NvmlReturn.LIB_RM_VERSION_MISMATCH)),
    /** The driver went away. */
    DRIVER_GONE(
            HealthState.UNKNOWN,
            facts -> answers(
                    facts,
                    NvmlReturn.DRIVER_NOT_LOADED,
                    NvmlReturn.LIBRARY_NOT_FOUND,
                    NvmlReturn.UNINITIALIZED,
                    NvmlReturn.OPERATING_SYSTEM)),
    /** We may not open it. */
    FORBIDDEN(HealthState.UNKNOWN, facts -> answers(facts, NvmlReturn.NO_PERMISSION)),
    /** It answers, and nothing can be read of it. */
    UNREADABLE(
            HealthState.UNKNOWN,
            facts -> when(
                    facts.answer() == NvmlReturn.SUCCESS
                            && !facts.missing()
                            && facts.values().isEmpty(),
                    "not one value could be read")),
    /** Three polls in a row ended in an error that says nothing. */
    STRANGE_ANSWERS(
            HealthState.UNKNOWN,
            facts -> when(
                    facts.strangeAnswers() >= 3, facts.strangeAnswers() + " polls in a row ended in a driver error")),

    /** An XID that asks for attention. */
    XID_DEGRADED(HealthState.DEGRADED, facts -> xid(facts, XidClass.DEGRADED)),
    /** A contained memory error: the process it hit must restart. */
    XID_RESTART(HealthState.DEGRADED, facts -> xid(facts, XidClass.APPLICATION_RESTART)),
    /** Application errors that come too often to be the applications'. */
    XID_REPEATED(HealthState.DEGRADED, HealthRule::repeated),
    /** The driver's own verdict, the mild kind. */
    RECOVERY_ADVISED(HealthState.DEGRADED, facts -> recovery(facts, HealthState.DEGRADED)),
    /** Uncorrected memory errors since the driver was loaded. */
    UNCORRECTED_ERRORS(HealthState.DEGRADED, HealthRule::uncorrected),
    /** On-chip memory had more errors than it may. */
    SRAM_EXCEEDED(
            HealthState.DEGRADED,
            facts -> flag(facts, GpuMetric.SRAM_ERRORS_EXCEEDED, "on-chip memory errors are over their limit")),
    /** A row remapping waits for a reset. */
    REMAP_WAITS(
            HealthState.DEGRADED, facts -> flag(facts, GpuMetric.REMAP_PENDING, "a remapped row waits for a reset")),
    /** A page retirement waits for a reset. */
    RETIREMENT_WAITS(
            HealthState.DEGRADED,
            facts -> flag(facts, GpuMetric.RETIREMENT_PENDING, "a retired page waits for a reset")),
    /** Corrected errors come fast: memory that is about to fail, and a driver that is busy with it. */
    CORRECTED_ERROR_RATE(
            HealthState.DEGRADED,
            facts -> above(facts.trends().correctedErrorsPerSecond(), 10, "%.1f corrected memory errors a second")),
    /** Heat or the power brake held the clocks for a minute of the last five. */
    THROTTLED(
            HealthState.DEGRADED,
            facts -> above(
                    facts.trends().throttledSeconds(),
                    HealthRule.ALMOST_A_MINUTE,
                    "clocks held by heat or power brake for %.0f s of 300")),
    /** Fewer PCIe lanes than card and slot have. The generation is no sign: it falls while idle. */
    PCIE_NARROW(
            HealthState.DEGRADED,
            facts -> fewer(
                    facts.value(GpuMetric.PCIE_WIDTH_LANES),
                    facts.value(GpuMetric.PCIE_HIGHEST_WIDTH_LANES),
                    "%.0f of %.0f PCIe lanes")),
    /** Fewer NVLink links up than at the start. */
    NVLINK_DOWN(
            HealthState.DEGRADED,
            facts -> fewer(
                    facts.value(GpuMetric.NVLINK_ACTIVE_LINKS),
                    facts.atStart(GpuMetric.NVLINK_ACTIVE_LINKS),
                    "%.0f of %.0f NVLink links up")),
    /** The card's configuration memory. */
    INFOROM(HealthState.DEGRADED, facts -> answers(facts, NvmlReturn.CORRUPTED_INFOROM)),
    /** Interrupts. */
    INTERRUPTS(HealthState.DEGRADED, facts -> answers(facts, NvmlReturn.IRQ_ISSUE)),
    /** The driver answers slowly: an early sign of a storm of corrected errors. */
    SLOW_DRIVER(
            HealthState.DEGRADED,
            facts -> above(facts.trends().slowPollSeconds().orElse(0), 2, "a poll takes %.1f s")),
    /** Events do not reach us: an XID would go unseen. */
    EVENTS_SILENT(
            HealthState.DEGRADED, facts -> when(facts.eventsSilent(), "no sign of life from the driver's events")),
    /** Good again, and waiting for enough good polls to believe it; the state is what it was. */
    RECOVERING(HealthState.OK, facts -> Optional.empty());

    /** A minute, less what adding up floating-point seconds loses. */
    private static final double ALMOST_A_MINUTE = 59.999;

    private final HealthState state;
    /** Lambdas that capture nothing. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<HealthFacts, Optional<String>> test;

    HealthRule(HealthState state, Function<HealthFacts, Optional<String>> test) {
        this.state = state;
        this.test = test;
    }

    /** What it leads to. */
    public HealthState state() {
        return state;
    }

    /** Whether it foretells a failure rather than tells of one. */
    public boolean predictsFailure() {
        return this == XID_DEGRADED || this == REMAP_WAITS || this == RETIREMENT_WAITS || this == CORRECTED_ERROR_RATE;
    }

    /** Every rule that holds, worst first. */
    static GpuHealth judge(HealthFacts facts) {
        List<HealthReason> reasons = new ArrayList<>();
        for (HealthRule rule : values()) {
            rule.test.apply(facts).ifPresent(detail -> reasons.add(new HealthReason(rule, rule.state, detail)));
        }
        reasons.sort(Comparator.comparing(HealthReason::state).reversed());
        return new GpuHealth(reasons.isEmpty() ? HealthState.OK : reasons.get(0).state(), reasons);
    }

    private static Optional<String> when(boolean holds, String detail) {
        return holds ? Optional.of(detail) : Optional.empty();
    }

    private static Optional<String> answers(HealthFacts facts, NvmlReturn... codes) {
        return Stream.of(codes)
                .filter(code -> code == facts.answer())
                .map(code -> code.words() + " (code " + code.code() + ")")
                .findFirst();
    }

    private static Optional<String> flag(HealthFacts facts, GpuMetric flag, String detail) {
        return when(facts.isSet(flag), detail);
    }

    private static Optional<String> above(double value, double limit, String detail) {
        return when(value > limit, String.format(Locale.ROOT, detail, value));
    }

    private static Optional<String> fewer(OptionalDouble value, OptionalDouble whole, String detail) {
        return when(
                value.isPresent() && whole.isPresent() && value.getAsDouble() < whole.getAsDouble(),
                String.format(Locale.ROOT, detail, value.orElse(0), whole.orElse(0)));
    }

    private static Optional<String> xid(HealthFacts facts, XidClass severity) {
        List<String> texts = facts.xids().stream()
                .map(XidMemory.Held::xid)
                .filter(xid -> xid.severity() == severity)
                .map(xid -> "XID " + xid.code() + ": " + xid.meaning() + "; " + xid.action())
                .distinct()
                .toList();
        return when(!texts.isEmpty(), String.join(" · ", texts));
    }

    private static Optional<String> repeated(HealthFacts facts) {
        long count = facts.xids().stream()
                .filter(held -> held.xid().severity() == XidClass.APPLICATION)
                .count();
        return when(count >= XidMemory.REPEATED, count + " application XIDs in 10 minutes");
    }

    private static Optional<String> recovery(HealthFacts facts, HealthState state) {
        OptionalDouble code = facts.value(GpuMetric.RECOVERY_ACTION);
        return code.isEmpty()
                ? Optional.empty()
                : RecoveryAction.of(code.getAsDouble())
                        .filter(action -> action.state() == state)
                        .map(action -> "the driver says: " + action.words());
    }

    private static Optional<String> uncorrected(HealthFacts facts) {
        double count = facts.value(GpuMetric.ECC_UNCORRECTED_ERRORS).orElse(0);
        return when(
                count > 0,
                String.format(Locale.ROOT, "%.0f uncorrected memory errors since the driver was loaded", count));
    }
}
