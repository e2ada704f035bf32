package io.vitrine.observability.catalogue;

import java.util.List;

/** Names kept for what the server cannot know yet, so that nobody takes them for something else. Nothing emits them. */
public final class ReservedMeters {

    private static final String LEDGER = "the cost ledger";
    private static final String OBJECTIVES = "service-level objectives";
    private static final String FEEDBACK = "feedback and evaluation";
    private static final String TENANTS = "tenants and their keys";

    private static final List<ReservedMeter> ALL = List.of(
            counter("vitrine.revenue", "usd", "Price of ended requests, by the price book.", LEDGER),
            counter("vitrine.infrastructure.cost", "usd", "Cost of the machine, shared out among requests.", LEDGER),
            summary("vitrine.request.cost", "usd", "Cost of one request.", LEDGER),
            gauge("vitrine.token.cost", "usd", "Mean cost of one output token.", LEDGER),
            gauge(
                    "vitrine.slo.compliance",
                    "ratio",
                    "Part of requests that met an objective, over its window.",
                    OBJECTIVES),
            gauge(
                    "vitrine.slo.burn.rate",
                    "ratio",
                    "How fast an error budget is used up; 1 is just in time.",
                    OBJECTIVES),
            summary("vitrine.feedback.satisfaction", "ratio", "What users thought of an answer, 0 to 1.", FEEDBACK),
            gauge(
                    "vitrine.evaluation.accuracy",
                    "ratio",
                    "Part of the evaluation set that is answered well.",
                    FEEDBACK),
            gauge("vitrine.tenants.active", "tenants", "Tenants with a request inside.", TENANTS));

    private ReservedMeters() {}

    /** All of them, in the order in which a reader wants them. */
    public static List<ReservedMeter> all() {
        return ALL;
    }

    private static ReservedMeter counter(String name, String unit, String meaning, String filledBy) {
        return new ReservedMeter(name, MeterKind.COUNTER, unit, meaning, filledBy);
    }

    private static ReservedMeter gauge(String name, String unit, String meaning, String filledBy) {
        return new ReservedMeter(name, MeterKind.GAUGE, unit, meaning, filledBy);
    }

    private static ReservedMeter summary(String name, String unit, String meaning, String filledBy) {
        return new ReservedMeter(name, MeterKind.SUMMARY, unit, meaning, filledBy);
    }
}
