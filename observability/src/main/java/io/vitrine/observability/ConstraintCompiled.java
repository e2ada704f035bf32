package io.vitrine.observability;

/**
 * The constraint on a request's answer is ready.
 *
 * @param cacheHit whether it was compiled before
 * @param states of its automaton so far
 */
public record ConstraintCompiled(String modelName, long startNanos, long endNanos, boolean cacheHit, int states) {}
