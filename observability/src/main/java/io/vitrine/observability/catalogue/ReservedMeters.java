package io.vitrine.observability.catalogue;

import java.util.List;

/** Names kept for what the server cannot know yet, so that nobody takes them for something else. Nothing emits them. */
public final class ReservedMeters {

    private static final String FEEDBACK = "feedback and evaluation";

    private static final List<ReservedMeter> ALL = List.of(gauge(
            "vitrine.evaluation.accuracy", "ratio", "Part of the evaluation set that is answered well.", FEEDBACK));

    private ReservedMeters() {}

    /** All of them, in the order in which a reader wants them. */
    public static List<ReservedMeter> all() {
        return ALL;
    }

    private static ReservedMeter gauge(String name, String unit, String meaning, String filledBy) {
        return new ReservedMeter(name, MeterKind.GAUGE, unit, meaning, filledBy);
    }
}
