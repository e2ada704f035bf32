package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.timer;

/** Constraints on answers: schemas, expressions, grammars, calls of tools. */
public final class ConstraintMeters {

    private static final Label LOOKUP =
            Label.of("result", "whether the constraint was compiled before", CacheLookup.class, CacheLookup::label);
    private static final Label KEYWORD = Label.of(
            "keyword", "keyword or language that cannot be enforced", ConstraintKeyword.LISTED.toArray(String[]::new));

    private static final Label OUTCOME = Label.of(
            "outcome", "what became of the call", ToolCallOutcome.class, ToolCallOutcome::label);

    public static final MeterDefinition COMPILE_TIME = timer(
            "vitrine.constraint.compile.time",
            Buckets.CONSTRAINT_SECONDS,
            "From a constraint as a request states it to its compiled form, or the look-up of one compiled before.",
            Meters.MODEL,
            LOOKUP);
    public static final MeterDefinition MASK_TIME = timer(
            "vitrine.constraint.token.time",
            Buckets.CONSTRAINT_SECONDS,
            "Mask and acceptance of one token of a constrained answer.",
            Meters.MODEL);
    public static final MeterDefinition FORCED_TOKENS = counter(
            "vitrine.constraint.forced.tokens",
            "tokens",
            "Tokens of constrained answers where no other was allowed, so that none was drawn.",
            Meters.MODEL);
    public static final MeterDefinition LIMITS_EXCEEDED = counter(
            "vitrine.constraint.limits.exceeded",
            "{sequence}",
            "Sequences that ended because their constraint exceeded a limit of work or memory.",
            Meters.MODEL);
    public static final MeterDefinition REFUSED = counter(
            "vitrine.constraint.refused",
            "{request}",
            "Requests refused for a constraint that is malformed or cannot be enforced.",
            KEYWORD);

    public static final MeterDefinition TOOL_CALLS =
            counter("vitrine.tool.calls", "{call}", "Calls of tools in answers.", Meters.MODEL, OUTCOME);

    static final List<MeterDefinition> ALL =
            List.of(COMPILE_TIME, MASK_TIME, FORCED_TOKENS, LIMITS_EXCEEDED, REFUSED, TOOL_CALLS);

    private ConstraintMeters() {}
}
