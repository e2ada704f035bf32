package io.vitrine.gpu;

/**
 * One thing that is wrong with a GPU now.
 *
 * @param rule which rule found it
 * @param state what it makes of the GPU
 * @param detail what was seen, in words with the numbers
 */
public record HealthReason(HealthRule rule, HealthState state, String detail) {}
