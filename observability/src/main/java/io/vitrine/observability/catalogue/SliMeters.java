package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;
import static io.vitrine.observability.catalogue.MeterDefinition.timer;

/** What objectives are set on, by model and class of tenant; and where objectives and alerts stand. */
public final class SliMeters {

    /** {@code result} of what kept its promise. */
    public static final String GOOD = "good";

    /** {@code result} of what did not. */
    public static final String BAD = "bad";

    private static final Label TENANT_CLASS = Label.of(
            "tenant_class", "priority of the tenant; empty if it is not known", "high", "normal", "low");
    private static final Label RESULT = Label.of("result", "whether the promise was kept", GOOD, BAD);
    private static final Label OBJECTIVE = Label.configured("slo", "name of the objective");
    private static final Label WINDOW =
            Label.of("window", "length of time", "5m", "30m", "1h", "2h", "6h", "1d", "3d");
    private static final Label SEVERITY = Label.of("severity", "how urgent", "P0", "P1", "P2", "P3");

    public static final MeterDefinition REQUESTS = counter(
            "vitrine.sli.requests",
            "{request}",
            "Requests for generation: answered, or failed by the server. Those that a tenant's own limits refuse, that"
                    + " are invalid or that the client cancels are left out.",
            Meters.MODEL,
            TENANT_CLASS,
            RESULT);
    public static final MeterDefinition FIRST_TOKEN = timer(
            "vitrine.sli.first_token",
            Buckets.OBJECTIVES,
            "From a request's arrival to its first token.",
            Meters.MODEL,
            TENANT_CLASS);
    public static final MeterDefinition OUTPUT_TOKEN = timer(
            "vitrine.sli.output_token",
            Buckets.OBJECTIVES,
            "Mean gap between tokens of a request's slowest sequence.",
            Meters.MODEL,
            TENANT_CLASS);
    public static final MeterDefinition LONGEST_GAP = timer(
            "vitrine.sli.longest_gap",
            Buckets.OBJECTIVES,
            "Longest gap between two tokens of a request.",
            Meters.MODEL,
            TENANT_CLASS);
    public static final MeterDefinition QUEUE_TIME = timer(
            "vitrine.sli.queue.time",
            Buckets.OBJECTIVES,
            "Longest time that a sequence of a request waited for its slot.",
            Meters.MODEL,
            TENANT_CLASS);
    public static final MeterDefinition RATINGS = counter(
            "vitrine.sli.ratings",
            "{answer}",
            "Ratings of answers by users; good from a score of 0.5 on.",
            Meters.MODEL,
            TENANT_CLASS,
            RESULT);

    public static final MeterDefinition COMPLIANCE = gauge(
            "vitrine.slo.compliance",
            "ratio",
            "Part of an objective's events that were good, over its period.",
            OBJECTIVE,
            Meters.MODEL,
            TENANT_CLASS);
    public static final MeterDefinition BUDGET_LEFT = gauge(
            "vitrine.slo.budget.left",
            "ratio",
            "Part of an objective's error budget that is left; negative if it is overspent.",
            OBJECTIVE,
            Meters.MODEL,
            TENANT_CLASS);
    public static final MeterDefinition BURN_RATE = gauge(
            "vitrine.slo.burn.rate",
            "ratio",
            "How fast an error budget is used up over a window; 1 uses it up exactly within the period.",
            OBJECTIVE,
            Meters.MODEL,
            TENANT_CLASS,
            WINDOW);
    public static final MeterDefinition EVENTS = gauge(
            "vitrine.slo.events",
            "{event}",
            "Events of an objective over a window.",
            OBJECTIVE,
            Meters.MODEL,
            TENANT_CLASS,
            WINDOW);
    public static final MeterDefinition EXHAUSTION = gauge(
            "vitrine.slo.exhaustion",
            MeterDefinition.SECONDS,
            "Time until the error budget is used up, at the burn rate of the last six hours; infinite if it lasts.",
            OBJECTIVE,
            Meters.MODEL,
            TENANT_CLASS);

    public static final MeterDefinition FIRING =
            gauge("vitrine.alerts.firing", "{alert}", "Alerts that fire now.", SEVERITY);
    public static final MeterDefinition EVALUATION = timer(
            "vitrine.alerts.evaluation",
            Buckets.REQUEST_SECONDS,
            "One evaluation of all rules and objectives, the reading of the meters included.");
    public static final MeterDefinition RULE_FAILURES = counter(
            "vitrine.alerts.rule.failures", "{evaluation}", "Evaluations of a rule or objective that failed.");
    public static final MeterDefinition SERIES =
            gauge("vitrine.alerts.series", "{series}", "Series that rules read windows of.");
    public static final MeterDefinition REFUSED = counter(
            "vitrine.alerts.refused",
            "{item}",
            "Samples, alerts and events beyond a limit of alerts.max-series or of a rule; they were not evaluated.");
    public static final MeterDefinition UNSAVED = gauge(
            "vitrine.alerts.unsaved", "{notification}", "Notifications that wait for the ledger to take them.");
    public static final MeterDefinition SAVE_FAILURES = counter(
            "vitrine.alerts.save.failures",
            "{transaction}",
            "Transactions of alert states that failed; they are tried again with the next evaluation.");
    public static final MeterDefinition LOST = counter(
            "vitrine.alerts.lost",
            "{notification}",
            "Notifications that were dropped, as too many waited for the ledger. Should be 0.");

    static final List<MeterDefinition> ALL = List.of(
            REQUESTS,
            FIRST_TOKEN,
            OUTPUT_TOKEN,
            LONGEST_GAP,
            QUEUE_TIME,
            RATINGS,
            COMPLIANCE,
            BUDGET_LEFT,
            BURN_RATE,
            EVENTS,
            EXHAUSTION,
            FIRING,
            EVALUATION,
            RULE_FAILURES,
            SERIES,
            REFUSED,
            UNSAVED,
            SAVE_FAILURES,
            LOST);

    private SliMeters() {}
}
