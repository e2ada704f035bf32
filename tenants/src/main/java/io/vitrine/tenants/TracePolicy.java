package io.vitrine.tenants;

/** Which of a tenant's traces are kept. */
public enum TracePolicy {
    /** None, failed requests included. */
    NEVER,
    /** As the server decides for everyone. */
    SAMPLED,
    /** All. */
    ALWAYS,
    /** All, with a span of its own for each step. */
    DETAILED
}
