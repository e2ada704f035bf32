package io.vitrine.grammar.automaton;

import io.vitrine.grammar.WorkLimitException;

/** Counts steps of parser and automaton, so that one call cannot run on. */
public final class Work {

    private final int maxSteps;
    private int steps;

    public Work(int maxSteps) {
        this.maxSteps = maxSteps;
    }

    /** A new call begins. */
    public void restart() {
        steps = 0;
    }

    /** Steps since the last restart. */
    public int steps() {
        return steps;
    }

    public void add(int count) {
        steps += count;
        if (steps > maxSteps) {
            throw new WorkLimitException("steps: " + maxSteps);
        }
    }
}
