package io.vitrine.gpu;

/** How bad an XID, a driver's error report, is: from a note to a card that is to be replaced. */
public enum XidClass {
    /** A note: nothing follows. */
    INFO(HealthState.OK),
    /** An application's fault; three in ten minutes on one GPU count as the GPU's. */
    APPLICATION(HealthState.OK),
    /** A contained memory error: the process it hit must restart, the GPU stays usable. */
    APPLICATION_RESTART(HealthState.DEGRADED),
    /** The GPU works on; look after it when convenient. */
    DEGRADED(HealthState.DEGRADED),
    /** Until the GPU is reset nothing it computes is to be trusted. */
    RESET(HealthState.FAILED),
    /** A fault of the hardware: inspect or replace it. */
    HARDWARE(HealthState.FAILED);

    private final HealthState state;

    XidClass(HealthState state) {
        this.state = state;
    }

    /** What one such report makes of the GPU's health. */
    public HealthState state() {
        return state;
    }

    /** Whether it is forgotten after ten minutes, and not kept until a reset or an acknowledgement. */
    boolean expires() {
        return this == INFO || this == APPLICATION || this == APPLICATION_RESTART;
    }
}
