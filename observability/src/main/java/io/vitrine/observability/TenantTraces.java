package io.vitrine.observability;

/** What a tenant's policy says of the traces of its requests. */
public enum TenantTraces {
    /** None is kept, not even of what failed. */
    NEVER,
    /** As the rules for everyone have it. */
    SAMPLED,
    /** All are kept. */
    ALWAYS,
    /** All are kept, with a span of its own for each step. */
    DETAILED
}
