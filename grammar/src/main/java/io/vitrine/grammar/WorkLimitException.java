package io.vitrine.grammar;

/**
 * A constraint exceeded a limit of {@link GrammarLimits} while it was matched. The sequence cannot continue under it.
 */
public final class WorkLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param limit name of the limit and its value, as in {@code automaton states: 100000} */
    public WorkLimitException(String limit) {
        super("the constraint exceeds the limit of " + limit);
    }
}
