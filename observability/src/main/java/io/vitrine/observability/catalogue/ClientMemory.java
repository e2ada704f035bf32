package io.vitrine.observability.catalogue;

/** The parts of the heap that clients fill. */
public enum ClientMemory {
    /** Request bodies that are read or planned. */
    BODIES("bodies"),
    /** Answers that clients have not taken. */
    ANSWERS("answers");

    private final String label;

    ClientMemory(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
