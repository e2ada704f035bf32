package io.vitrine.observability.catalogue;

import java.util.List;

/** What of a constraint can be refused, as a label: keywords of JSON Schema, other languages, and the rest. */
public final class ConstraintKeyword {

    /** Any keyword that is not listed: a client may write what it likes. */
    public static final String OTHER = "other";

    static final List<String> LISTED = List.of(
            "$anchor",
            "$dynamicAnchor",
            "$dynamicRef",
            "$id",
            "$ref",
            "additionalProperties",
            "allOf",
            "anyOf",
            "choice",
            "const",
            "contains",
            "dependencies",
            "dependentRequired",
            "dependentSchemas",
            "else",
            "enum",
            "format",
            "grammar",
            "if",
            "items",
            "limit",
            "maxContains",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minContains",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "not",
            "oneOf",
            "pattern",
            "patternProperties",
            "prefixItems",
            "properties",
            "propertyNames",
            "regex",
            "required",
            "schema",
            "then",
            "type",
            "unevaluatedItems",
            "unevaluatedProperties",
            "uniqueItems",
            OTHER);

    private ConstraintKeyword() {}

    /** The keyword if it is listed. */
    public static String bounded(String keyword) {
        return LISTED.contains(keyword) ? keyword : OTHER;
    }
}
