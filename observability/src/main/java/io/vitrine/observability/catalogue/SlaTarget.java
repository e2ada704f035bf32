package io.vitrine.observability.catalogue;

/** What a tenant can be promised. */
public enum SlaTarget {
    AVAILABILITY("availability"),
    TTFT("ttft"),
    END_TO_END("end_to_end");

    private final String label;

    SlaTarget(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
