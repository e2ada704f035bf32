package io.vitrine.gpu;

/** How reading GPUs goes on this machine. Having none is a normal answer, and each way to have none has its own words and mend. */
public enum CollectorState {
    /** The first poll is not done. */
    STARTING("GPUs are being looked for", ""),
    /** Readings come. */
    RUNNING("GPUs are read", ""),
    /** There is no NVML. */
    NO_LIBRARY(
            "no NVIDIA driver: its library was not found",
            "if this machine has an NVIDIA GPU, install the driver; in a container, give it the driver capability 'utility'"),
    /** There is NVML and no kernel module. */
    DRIVER_NOT_LOADED(
            "the NVIDIA driver is installed and not loaded", "load it: modprobe nvidia; after an installation, reboot"),
    /** The driver was replaced under a running kernel module. */
    VERSION_MISMATCH(
            "the NVIDIA library and the loaded driver have different versions",
            "reboot, or unload and load the driver: it was updated while running"),
    /** A driver and no GPU. */
    NO_GPUS("the NVIDIA driver runs and sees no GPU", "in a container, pass the GPU in; else see the kernel's log"),
    /** Another answer to the initialisation. */
    UNAVAILABLE("the NVIDIA driver cannot be used", "see the code in the detail and the kernel's log"),
    /** A call into the driver has not come back, or no poll has ended for long. */
    UNRESPONSIVE(
            "the NVIDIA driver does not answer", "see the kernel's log for XID 119 or 120; a reboot may be needed"),
    /** Closed. */
    STOPPED("GPUs are no longer read", "");

    private final String words;
    private final String mend;

    CollectorState(String words, String mend) {
        this.words = words;
        this.mend = mend;
    }

    /** What is the case. */
    public String words() {
        return words;
    }

    /** What to do about it; empty when nothing is to be done. */
    public String mend() {
        return mend;
    }

    /** Whether a machine without GPU may well be in this state. */
    public boolean normalWithoutGpu() {
        return this == NO_LIBRARY || this == NO_GPUS || this == STOPPED || this == STARTING;
    }
}
