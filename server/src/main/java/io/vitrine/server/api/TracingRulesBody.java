package io.vitrine.server.api;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.tracing.TracingRules;

/** The rules of tracing as operators read and write them; the configuration's names, with underscores. */
public record TracingRulesBody(
        double ratio,
        double adaptiveRatio,
        int spansPerSecond,
        long slowFirstTokenMs,
        long slowRequestMs,
        Set<String> priorityTenants,
        Set<String> headerTenants,
        Set<String> trustParent,
        Set<String> detailedTenants,
        double detailedRatio) {

    private static final int MAX_TENANTS = 1_000;
    private static final int MAX_SPANS_PER_SECOND = 10_000_000;
    private static final Interval RATIO = Interval.closed(0, 1);
    private static final Set<String> FIELDS = Set.of(
            "ratio",
            "adaptive_ratio",
            "spans_per_second",
            "slow_first_token_ms",
            "slow_request_ms",
            "priority_tenants",
            "header_tenants",
            "trust_parent",
            "detailed_tenants",
            "detailed_ratio");

    public TracingRulesBody {
        // In order, so that two readings can be compared.
        priorityTenants = new TreeSet<>(priorityTenants);
        headerTenants = new TreeSet<>(headerTenants);
        trustParent = new TreeSet<>(trustParent);
        detailedTenants = new TreeSet<>(detailedTenants);
    }

    /** What holds now. */
    public static TracingRulesBody of(TracingRules rules) {
        return new TracingRulesBody(
                rules.ratio(),
                rules.adaptiveRatio(),
                rules.spansPerSecond(),
                rules.slowFirstToken().toMillis(),
                rules.slowRequest().toMillis(),
                rules.priorityTenants(),
                rules.headerTenants(),
                rules.trustParent(),
                rules.detailedTenants(),
                rules.detailedRatio());
    }

    /**
     * What shall hold: what {@code body} names as it says, the rest as it was.
     *
     * @throws ApiException if a field is unknown or a value past its limit; nothing is changed then
     */
    public static TracingRules change(TracingRules now, byte[] body) {
        ObjectNode object = ApiJson.readObject(body);
        object.fieldNames().forEachRemaining(TracingRulesBody::requireKnown);
        JsonFields fields = new JsonFields(object);
        return new TracingRules(
                fields.number("ratio", now.ratio(), RATIO),
                fields.number("adaptive_ratio", now.adaptiveRatio(), RATIO),
                fields.integer("spans_per_second", 1, MAX_SPANS_PER_SECOND).orElse(now.spansPerSecond()),
                millis(fields, "slow_first_token_ms", now.slowFirstToken()),
                millis(fields, "slow_request_ms", now.slowRequest()),
                tenants(fields, "priority_tenants", now.priorityTenants()),
                tenants(fields, "header_tenants", now.headerTenants()),
                tenants(fields, "trust_parent", now.trustParent()),
                tenants(fields, "detailed_tenants", now.detailedTenants()),
                fields.number("detailed_ratio", now.detailedRatio(), RATIO));
    }

    private static void requireKnown(String field) {
        if (!FIELDS.contains(field)) {
            throw ApiException.unsupported(
                    JsonFields.cut(field),
                    "unknown field " + JsonFields.cut(field) + "; the fields are "
                            + String.join(", ", new TreeSet<>(FIELDS)));
        }
    }

    private static Duration millis(JsonFields fields, String name, Duration now) {
        OptionalInt millis = fields.integer(name, 1, Integer.MAX_VALUE);
        return millis.isPresent() ? Duration.ofMillis(millis.getAsInt()) : now;
    }

    private static Set<String> tenants(JsonFields fields, String name, Set<String> now) {
        return fields.value(name).isPresent() ? new LinkedHashSet<>(fields.textOrTexts(name, MAX_TENANTS)) : now;
    }
}
