package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.SECONDS;
import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;
import static io.vitrine.observability.catalogue.MeterDefinition.summary;

/**
 * What requests earn and cost, and how well they were served. Amounts are in units of the currency of the price book, which a
 * label names. Revenue less infrastructure cost is the margin. Figures to watch: the books are the ledger's.
 */
public final class BusinessMeters {

    private static final Label CURRENCY = Label.configured("currency", "of the price book");
    private static final Label TARGET = Label.of("target", "what was promised", SlaTarget.class, SlaTarget::label);

    public static final MeterDefinition REVENUE =
            counter("vitrine.revenue", "{currency}", "Price of requests that have ended.", Meters.MODEL, CURRENCY);
    public static final MeterDefinition INFRASTRUCTURE_COST = counter(
            "vitrine.infrastructure.cost",
            "{currency}",
            "Cost of the machine, shared out among the requests that it worked for.",
            Meters.MODEL,
            CURRENCY);
    public static final MeterDefinition REQUEST_REVENUE = summary(
            "vitrine.request.revenue", "{currency}", Buckets.MONEY, "Price of one request.", Meters.MODEL, CURRENCY);
    public static final MeterDefinition REQUEST_COST = summary(
            "vitrine.request.cost",
            "{currency}",
            Buckets.MONEY,
            "One request's share of what the machine costs.",
            Meters.MODEL,
            CURRENCY);
    public static final MeterDefinition TOKEN_COST = gauge(
            "vitrine.token.cost",
            "{currency}/{token}",
            "Mean infrastructure cost of a token, prompt and answer tokens alike, since the start.",
            Meters.MODEL,
            CURRENCY);
    public static final MeterDefinition OUTPUT_TOKEN_COST = gauge(
            "vitrine.output.token.cost",
            "{currency}/{token}",
            "Mean infrastructure cost of a token generated, since the start.",
            Meters.MODEL,
            CURRENCY);
    public static final MeterDefinition ENGINE_TIME = counter(
            "vitrine.engine.time",
            SECONDS,
            "Time of the engine's steps, shared out among the requests that have ended.",
            Meters.MODEL);
    public static final MeterDefinition ENERGY =
            counter("vitrine.energy", "joules", "Energy, shared out among the requests that have ended.", Meters.MODEL);
    public static final MeterDefinition TENANT_REVENUE = counter(
            "vitrine.tenant.revenue",
            "{currency}",
            "Price of requests that have ended, by who made them.",
            Meters.TENANT,
            CURRENCY);
    public static final MeterDefinition TENANT_INFRASTRUCTURE_COST = counter(
            "vitrine.tenant.infrastructure.cost",
            "{currency}",
            "Cost of the machine, by whose requests it worked for.",
            Meters.TENANT,
            CURRENCY);
    public static final MeterDefinition SLA_COMPLIANCE = gauge(
            "vitrine.sla.compliance",
            "ratio",
            "Part of a tenant's requests of the last hour that kept what it was promised.",
            Meters.TENANT,
            TARGET);
    public static final MeterDefinition SLA_TARGET =
            gauge("vitrine.sla.target", "ratio", "The part that was promised.", Meters.TENANT, TARGET);
    public static final MeterDefinition SATISFACTION = gauge(
            "vitrine.feedback.satisfaction",
            "ratio",
            "Mean of what users thought of the answers since the start, 0 to 1.",
            Meters.MODEL,
            Meters.TENANT);
    public static final MeterDefinition FEEDBACK = counter(
            "vitrine.feedback.answers", "{answer}", "Answers that users have rated.", Meters.MODEL, Meters.TENANT);
    public static final MeterDefinition LEDGER_ENTRIES =
            counter("vitrine.ledger.entries", "{request}", "Requests whose cost is written down for good.");
    public static final MeterDefinition LEDGER_LOST = counter(
            "vitrine.ledger.lost",
            "{request}",
            "Requests whose cost could not be written down: the disk is full, or the ledger's queue. Should be 0.");
    public static final MeterDefinition LEDGER_LATE = counter(
            "vitrine.ledger.late",
            "{request}",
            "Answers that were completed before their cost was written down, as that took too long.");

    static final List<MeterDefinition> ALL = List.of(
            REVENUE,
            INFRASTRUCTURE_COST,
            REQUEST_REVENUE,
            REQUEST_COST,
            TOKEN_COST,
            OUTPUT_TOKEN_COST,
            ENGINE_TIME,
            ENERGY,
            TENANT_REVENUE,
            TENANT_INFRASTRUCTURE_COST,
            SLA_COMPLIANCE,
            SLA_TARGET,
            SATISFACTION,
            FEEDBACK,
            LEDGER_ENTRIES,
            LEDGER_LOST,
            LEDGER_LATE);

    private BusinessMeters() {}
}
