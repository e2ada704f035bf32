package io.vitrine.gpu.advice;

/** What capacity is of: a GPU, or a machine whose processor runs the model. */
public enum CapacitySubject {
    /** A card. */
    GPU("GPU", "GPUs"),
    /** A machine without, or one whose model runs on the processor. */
    HOST("machine", "machines");

    private final String one;
    private final String several;

    CapacitySubject(String one, String several) {
        this.one = one;
        this.several = several;
    }

    /** One of them, in a sentence. */
    String one() {
        return one;
    }

    /** Several of them. */
    String several() {
        return several;
    }
}
