package io.vitrine.gpu;

import java.util.List;

/**
 * How a GPU is, with every reason that is active.
 *
 * @param state the worst of the reasons; for a GPU that mends, what it was until enough polls were good
 * @param reasons worst first
 */
public record GpuHealth(HealthState state, List<HealthReason> reasons) {

    /** Nothing is wrong. */
    public static final GpuHealth GOOD = new GpuHealth(HealthState.OK, List.of());

    /** Copies the list. */
    public GpuHealth {
        reasons = List.copyOf(reasons);
    }

    /** Whether what is wrong foretells a failure: {@code hw.state} is then {@code predicted_failure}. */
    public boolean predictsFailure() {
        return state == HealthState.DEGRADED
                && reasons.stream().anyMatch(reason -> reason.rule().predictsFailure());
    }

    /** Whether a rule is active. */
    public boolean has(HealthRule rule) {
        return reasons.stream().anyMatch(reason -> reason.rule() == rule);
    }
}
