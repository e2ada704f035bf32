package io.vitrine.gpu;

import java.util.Optional;

/** What the driver itself asks to be done with a GPU (R570 and newer): its own verdict, the best health signal there is. */
public enum RecoveryAction {
    /** Nothing. */
    NONE("nothing", HealthState.OK),
    /** Reset the GPU. */
    RESET_GPU("reset the GPU", HealthState.FAILED),
    /** Reboot the machine. */
    REBOOT("reboot the machine", HealthState.FAILED),
    /** Let work between GPUs end. */
    DRAIN_PEERS("drain peer-to-peer traffic", HealthState.DEGRADED),
    /** Let work end, then reset. */
    DRAIN_AND_RESET("drain, then reset the GPU", HealthState.FAILED),
    /** Recover the memory exchange service. */
    RECOVER_IMEX("recover the memory exchange domain", HealthState.FAILED),
    /** Reset the bus. */
    RESET_BUS("reset the bus", HealthState.FAILED),
    /** Restart the whole system. */
    REBOOT_SYSTEM("reboot the system", HealthState.FAILED);

    private final String words;
    private final HealthState state;

    RecoveryAction(String words, HealthState state) {
        this.words = words;
        this.state = state;
    }

    /** What to do. */
    public String words() {
        return words;
    }

    /** What it makes of the GPU's health. */
    public HealthState state() {
        return state;
    }

    /** NVML's number; empty for one of a later driver. */
    static Optional<RecoveryAction> of(double code) {
        return code >= 0 && code < values().length ? Optional.of(values()[(int) code]) : Optional.empty();
    }
}
