package io.vitrine.tenants.limits;

import java.util.List;

/**
 * What the engine has to do before a new request's turn.
 *
 * @param slots sequences that can run at once
 * @param running in any order, at most as many as slots
 * @param waiting in the order in which they will run
 */
public record QueueView(int slots, List<Work> running, List<Work> waiting) {

    public QueueView {
        if (slots < 1 || running.size() > slots) {
            throw new IllegalArgumentException(
                    "slots must be at least 1 and hold all that run: " + slots + ", running " + running.size());
        }
        running = List.copyOf(running);
        waiting = List.copyOf(waiting);
    }

    /**
     * What is left of one sequence.
     *
     * @param promptTokens still to be computed
     * @param maxOutputTokens that may still come
     */
    public record Work(long promptTokens, long maxOutputTokens) {

        public Work {
            if (promptTokens < 0 || maxOutputTokens < 0) {
                throw new IllegalArgumentException(
                        "tokens left must be >= 0: " + promptTokens + ", " + maxOutputTokens);
            }
        }
    }
}
