package io.vitrine.grammar.automaton;

import io.vitrine.grammar.WorkLimitException;

/** Counts steps of parser and automaton, so that no call runs on. */
public final class Work {

    private int maxSteps;
    private int steps;

    public Work(int maxSteps) {
        this.maxSteps = maxSteps;
    }

    /** Begins a call with a budget of its own. */
    public void restart(int budget) {
        maxSteps = budget;
        steps = 0;
    }

    /**
     * Adds steps.
     *
     * @throws WorkLimitException if the budget is used up
     */
    public void add(int count) {
        steps += count;
        if (steps > maxSteps) {
            throw new WorkLimitException("steps: " + maxSteps);
        }
    }
}
