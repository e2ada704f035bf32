package io.vitrine.model.engine;

/**
 * Something the scheduler decided about one request in one step, and why.
 *
 * @param tokens how many it is about; see the reason
 */
public record Decision(Reason reason, String requestId, int tokens) {

    /** What was decided. */
    public enum Reason {
        /** Got a slot and pages. Tokens: those to compute before the first of the answer. */
        ADMITTED,
        /** Got a slot and pages again after a preemption. Tokens: those to compute before the next new one of the answer. */
        RESUMED,
        /** Found pages of its prompt in the prefix cache. Tokens: those it need not compute. */
        PREFIX_CACHE_HIT,
        /** First in line, but every slot is taken; the others wait behind it. Tokens: those of prompt and answer so far. */
        WAITS_FOR_SLOT,
        /** First in line, but too few pages are free; the others wait behind it. Tokens: those of prompt and answer so far. */
        WAITS_FOR_PAGES,
        /** Waited for so long that it counts as one {@link PriorityClass} higher. Tokens: those of prompt and answer so far. */
        RAISED_BY_WAITING,
        /** Gave its pages up to one that comes before it, and waits to be recomputed. Tokens: those whose KV is lost. */
        PREEMPTED_FOR_PAGES,
        /** The step has room for a part of its prompt only. Tokens: those that count as computed in it, maybe none. */
        PREFILL_CUT_BY_BUDGET
    }
}
